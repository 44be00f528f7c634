"""How the intervals of the metrics are made, and from how many observations they are trusted.

The least numbers are those from which simulated intervals hold the true value as often as they say, which
`make simulations` shows.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Uncertainty(NamedTuple):
    """How a metric's interval is made."""

    method: str
    """The name that reports carry."""
    meaning: str
    source: str
    """Where the method is published, by title."""
    smallest: int | None
    """The least number at which the interval is trusted; below it there is none. None: there never is one."""
    counted: str
    """What that number counts."""


_EXACT = "The use of confidence or fiducial limits illustrated in the case of the binomial, Biometrika 26(4), 1934"
_HALL = "On the removal of skewness by transformation, J. R. Stat. Soc. B 54(1), 1992"
_FIELLER = f"Some problems in interval estimation, J. R. Stat. Soc. B 16(2), 1954; {_HALL}"
_HYBRID = "Interval estimation for the difference between independent proportions, Statistics in Medicine 17(8), 1998"
_VARIANCE_RECOVERY = "Construction of confidence limits about effect measures, Statistics in Medicine 27(10), 2008"
_DELTA = "All of Statistics, Springer 2004, section 5.5"

NONE: Final = Uncertainty(
    method="none",
    meaning="none: every row is counted, so nothing is left to chance",
    source="Open Data Contract Standard 3.1.0, Data quality, Metrics",
    smallest=None,
    counted="rows",
)


def share(counted: str) -> Uncertainty:
    """Of good among all that is counted."""
    return Uncertainty(
        method="Clopper-Pearson",
        meaning="exact bounds of a binomial share; weighted or clustered rows by what they are worth",
        source=f"{_EXACT}; Confidence intervals for proportions with small expected number, Survey "
        "Methodology 24(2), 1998",
        smallest=20,
        counted=counted,
    )


def mean(counted: str) -> Uncertainty:
    """Of one number for each of what is counted."""
    return Uncertainty(
        method="Student, skewness removed",
        meaning="Student's statistic in Hall's cubic form, which is right where single values are skewed",
        source=_HALL,
        smallest=100,
        counted=counted,
    )


F1: Final = share("rows that are positive or predicted so")._replace(
    method="Clopper-Pearson of the overlap",
    meaning="exact bounds of the share of true positives among rows that are or are predicted "
    "positive, with which F1 rises; "
    "averages over classes: delta method on the logit scale",
    smallest=100,
)
QUOTIENT: Final = Uncertainty(
    method="Fieller, skewness removed",
    meaning="the quotients of two sums over rows that Student's statistic in Hall's cubic form does not reject",
    source=_FIELLER,
    smallest=100,
    counted="rows",
)
RELATIVE: Final = Uncertainty(
    method="delta method, logarithmic scale",
    meaning="the variance of what each row contributes to the quotient of the sums, on the scale of logarithms",
    source=_DELTA,
    smallest=300,
    counted="rows",
)
AREA: Final = Uncertainty(
    method="DeLong, skewness removed",
    meaning="DeLong's variance with the degrees of freedom of Brunner and Munzel, in Hall's cubic "
    "form; near a perfect order the wider of Newcombe's fifth method and of DeLong's on the logit scale; exact for a "
    "perfect one",
    source="Comparing the areas under two or more correlated receiver operating characteristic "
    "curves, Biometrics 44(3), 1988; "
    "The nonparametric Behrens-Fisher problem, Biometrical Journal 42(1), 2000; "
    "Confidence intervals for an effect size measure based on the Mann-Whitney statistic, part 2, Statistics in "
    f"Medicine 25(4), 2006; {_HALL}",
    smallest=100,
    counted="rows of the rarer class",
)
AVERAGE_PRECISION: Final = Uncertainty(
    method="delta method, logit scale",
    meaning="the variance of what each row contributes, on the logit scale",
    source="Area under the precision-recall curve: point estimates and confidence intervals, ECML PKDD 2013",
    smallest=100,
    counted="rows of the rarer class",
)
CALIBRATION: Final = Uncertainty(
    method="test inversion",
    meaning="the sizes of the gaps that a test on their sum does not reject, since measured gaps are "
    "too large on average",
    source="Test inversion bootstrap confidence intervals, J. R. Stat. Soc. B 61(1), 1999; "
    "Verified uncertainty calibration, NeurIPS 2019",
    smallest=200,
    counted="rows",
)
GEOMETRIC_MEAN: Final = Uncertainty(
    method="variance recovery",
    meaning="from the exact bounds of every class's recall, on the scale of logarithms",
    source=_VARIANCE_RECOVERY,
    smallest=150,
    counted="rows of the rarest class",
)
DIFFERENCE_OF_GROUPS: Final = Uncertainty(
    method="Newcombe, all pairs",
    meaning="Newcombe's bounds of every pair of groups; the lower bound shares its level between the pairs",
    source=_HYBRID,
    smallest=30,
    counted="rows of the smallest group",
)
QUOTIENT_OF_GROUPS: Final = Uncertainty(
    method="variance recovery, all pairs",
    meaning="bounds of the quotient of every pair of groups, on the scale of logarithms; the upper "
    "bound shares its level",
    source=_VARIANCE_RECOVERY,
    smallest=50,
    counted="rows of the smallest group",
)
AGREEMENT: Final = Uncertainty(
    method="Jeffreys, effective rows",
    meaning="Jeffreys' bounds of the share that is half of what kappa lacks of 1, of as many rows as give it the "
    "large-sample variance",
    source="Large sample standard errors of kappa and weighted kappa, Psychological Bulletin 72(5), 1969; Interval "
    "estimation for a binomial proportion, Statistical Science 16(2), 2001",
    smallest=200,
    counted="rows",
)
BAND: Final = Uncertainty(
    method="Kolmogorov band",
    meaning="the value, give or take the greatest gap that chance alone would open between two equal distributions",
    source="Dvoretzky-Kiefer-Wolfowitz inequalities for the two-sample case, Statistics & Probability"
    " Letters 82(3), 2012",
    smallest=50,
    counted="rows of the smaller sample",
)
DIVERGENCE: Final = Uncertainty(
    method="noncentral chi-square",
    meaning="the divergences that a scaled noncentral chi-square does not reject, since measured ones"
    " are too large on average",
    source=f"Approximations to the non-central chi-square distribution, Biometrika 50, 1963; {_DELTA}",
    smallest=500,
    counted="rows of the smaller sample",
)
TRANSPORT: Final = Uncertainty(
    method="test inversion",
    meaning="the gaps between the distribution functions that a test on their area does not reject",
    source="Test inversion bootstrap confidence intervals, J. R. Stat. Soc. B 61(1), 1999",
    smallest=500,
    counted="rows of the smaller sample",
)
RATE: Final = Uncertainty(
    method="Garwood",
    meaning="exact bounds of a Poisson count in the period",
    source="Fiducial limits for the Poisson distribution, Biometrika 28, 1936",
    smallest=10,
    counted="requests",
)


def percentile(share_below: float) -> Uncertainty:
    """Of the value below which this share of requests lies."""
    # Fewer requests are too often all below the percentile: the share to the power of their number exceeds the tail.
    smallest = {0.5: 30, 0.9: 36, 0.95: 72, 0.99: 368}[share_below]
    return Uncertainty(
        method="order statistics",
        meaning="the ordered times between which the percentile lies whatever the distribution, by binomial chances",
        source="Order Statistics, 3rd edition, Wiley 2003, section 7.1",
        smallest=smallest,
        counted="requests",
    )
