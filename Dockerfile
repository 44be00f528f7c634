# The image of lifespec: the command, and what CI, Jobs and the cluster run. Nothing here chooses a base image for you: name one
# that you trust and its digest. It needs Python 3.11 or newer with venv, the same for building and running.
#
#   docker build --build-arg BASE_IMAGE=registry.example.com/python --build-arg BASE_DIGEST=sha256:... --tag lifespec .
ARG BASE_IMAGE
ARG BASE_DIGEST

FROM ${BASE_IMAGE}@${BASE_DIGEST} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements/ requirements/
RUN python3 -m venv /opt/tools \
    && /opt/tools/bin/pip install --only-binary :all: --require-hashes --requirement requirements/build.txt \
    && python3 -m venv /opt/lifespec \
    && /opt/lifespec/bin/pip install --only-binary :all: --require-hashes --requirement requirements/image.txt
COPY pyproject.toml README.md LICENSE ./
COPY schema/ schema/
COPY compiler/ compiler/
COPY runtime/ runtime/
RUN /opt/tools/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/lifespec/bin/pip install --no-deps --no-index /wheels/*.whl \
    && /opt/lifespec/bin/pip uninstall --yes pip

FROM ${BASE_IMAGE}@${BASE_DIGEST}
COPY --from=build /opt/lifespec /opt/lifespec
ENV PATH=/opt/lifespec/bin:$PATH PYTHONDONTWRITEBYTECODE=1
# A number, so that Kubernetes can prove runAsNonRoot.
USER 65532:65532
WORKDIR /repository
ENTRYPOINT ["lifespec"]
CMD ["--help"]
