"""The example alert rules speak of metrics that exist, and say what is to be done."""

import re
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tidegate.project.metrics import metrics_text

FOLDER = Path(__file__).parents[2] / "deploy" / "prometheus"
GROUPS = yaml.safe_load((FOLDER / "tidegate.yaml").read_text())["groups"]
RULES = [rule for group in GROUPS for rule in group["rules"]]
DURATION = re.compile(r"\d+[smhd]")
OPERATIONS = (Path(__file__).parents[2] / "docs" / "operating" / "README.md").read_text()


@pytest.fixture
def names(db) -> set[str]:
    """Every name that a rule may use; a metric with labels and without values yet is known by its family alone."""
    families = list(text_string_to_metric_families(metrics_text().decode()))
    found = {sample.name for family in families for sample in family.samples} | {family.name for family in families}
    return found | {f"{family.name}{end}" for family in families for end in ("_total", "_bucket", "_count", "_sum")}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_has_what_prometheus_asks_for(rule):
    assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch(r"Tidegate[A-Za-z]+", rule["alert"])
    assert DURATION.fullmatch(rule.get("for", "0m"))
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"].keys() == {"summary", "description"}
    assert rule["expr"].count("(") == rule["expr"].count(")")
    assert f"`{rule['alert']}`" in OPERATIONS, "Say in docs/operating what to do"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_a_rule_speaks_of_metrics_that_exist(rule, names):
    used = set(re.findall(r"\btidegate_\w+", rule["expr"]))
    assert used or rule["expr"].startswith("up{")
    assert used <= names


def test_no_alert_is_there_twice():
    assert len({rule["alert"] for rule in RULES}) == len(RULES)


def test_the_scrape_example_shows_the_token_from_a_file():
    (job,) = yaml.safe_load((FOLDER / "scrape.yaml").read_text())["scrape_configs"]
    assert (job["job_name"], job["metrics_path"], job["scheme"]) == ("tidegate", "/metrics", "https")
    assert job["authorization"].keys() == {"type", "credentials_file"}
