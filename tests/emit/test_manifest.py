from __future__ import annotations

import pytest

from lifespec_compiler.emit.render import render, render_all
from lifespec_compiler.manifest import LONGEST_SEGMENT, Manifest, ManifestError


@pytest.mark.parametrize(
    "path",
    [
        "a.yaml",
        "production/growth/churn/apply/deployment.yaml",
        ".github/workflows/churn.yml",
        "a..b/c_d-E.yaml",
        "console.yaml",
    ],
)
def test_ordinary_paths_are_taken(path: str):
    assert Manifest(path, {}).path == path


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "/etc/a.yaml", "a//b.yaml", "a/", "./a.yaml", "../a.yaml", "a/../b.yaml", "a/./b.yaml", "~/a b.yaml",
        "a\\b.yaml", "C:/a.yaml", "a:b.yaml", "-rf.yaml", "a/-b.yaml", "a./b.yaml", "a.yaml.", "é.yaml", "a\n.yaml",
        "a\x00.yaml", "con.yaml", "a/NUL.yaml", "aux/b.yaml", "Lpt1.yaml", "com0.yaml", ".git/a.yaml", "a/.GIT/b.yaml",
        ".lifespec-files.json", "a/.LifeSpec-x.yaml", "a" * LONGEST_SEGMENT + ".yaml", "a/" * 600 + "b.yaml",
    ],
)  # fmt: skip
def test_paths_that_leave_the_folder_or_do_not_exist_everywhere_are_refused(path: str):
    with pytest.raises(ManifestError, match="output path"):
        Manifest(path, "text")


def test_objects_are_written_only_under_yaml_names():
    with pytest.raises(ManifestError, match=r"must end in \.yaml"):
        Manifest("a.json", {"a": 1})


def test_a_file_of_no_objects_is_refused():
    with pytest.raises(ManifestError, match="no objects"):
        Manifest("a.yaml", [])


def test_a_text_takes_no_header():
    with pytest.raises(ManifestError, match="takes no header"):
        Manifest("a.md", "# A", ("generated",))


def test_documents_keep_their_order_and_the_header_comes_once():
    manifest = Manifest("a.yaml", [{"kind": "Namespace"}, {"kind": "ConfigMap"}], ("Generated.",))
    assert render(manifest) == b"# Generated.\nkind: Namespace\n---\nkind: ConfigMap\n"


@pytest.mark.parametrize(("text", "data"), [("a", b"a\n"), ("a\n", b"a\n"), ("", b""), ("é\n\n", b"\xc3\xa9\n\n")])
def test_a_text_is_written_as_it_is_with_a_final_newline(text: str, data: bytes):
    assert render(Manifest("a.md", text)) == data


@pytest.mark.parametrize(
    ("content", "words"),
    [("a\r\n", "carriage returns"), ("\ud800", "surrogates"), ({"a": float("nan")}, "nan"), ([{}, {"a": {1}}], "set")],
)
def test_content_without_a_portable_form_is_refused_by_the_name_of_the_file(content: str, words: str):
    with pytest.raises(ManifestError, match=rf"output path a\.yaml: .*{words}"):
        render(Manifest("a.yaml", content))


def test_files_are_sorted_by_path():
    assert list(render_all([Manifest("b", ""), Manifest("a/c", ""), Manifest("a-b", "")])) == ["a-b", "a/c", "b"]


@pytest.mark.parametrize(
    "paths", [("a", "a"), ("a", "A"), ("a/b", "A/c"), ("a", "a/b"), ("a/b", "a"), ("A/b", "a"), ("x/y/a", "x/Y/b")]
)
@pytest.mark.parametrize("backwards", [False, True])
def test_paths_that_clash_on_some_file_system_are_refused(paths: tuple[str, str], backwards: bool):
    with pytest.raises(ManifestError, match=r"made twice|clashes with"):
        render_all([Manifest(path, "") for path in (reversed(paths) if backwards else paths)])
