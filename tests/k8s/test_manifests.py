"""The manifests are valid, and agree with the services."""

import os
import re
import textwrap
from pathlib import Path

import jsonschema
import kubernetes_validate
import pytest
import yaml

from stayrank_aesthetic.settings import AestheticSettings
from stayrank_cli.serve import PORTS
from stayrank_common.metrics import Metrics
from stayrank_gallery.settings import GallerySettings
from stayrank_tagger.settings import TaggerSettings

K8S = Path(__file__).parents[2] / "k8s"
OVERLAYS = [K8S / "overlays" / name for name in ("local-cpu", "gpu", "openshift")]
CANARIES = [K8S / "canary" / name for name in ("tagger", "aesthetic")]
COMPONENTS = sorted(path.name for path in (K8S / "components").iterdir())
VERSIONS = ("1.28", "1.33", "1.37")
SETTINGS = {"gallery": GallerySettings, "tagger": TaggerSettings, "aesthetic": AestheticSettings}
folders = pytest.mark.parametrize("folder", [*OVERLAYS, *CANARIES], ids=lambda path: path.name)
overlays = pytest.mark.parametrize("folder", OVERLAYS, ids=lambda path: path.name)

ELSEWHERE = yaml.safe_load(Path(__file__).with_name("elsewhere.yaml").read_text())


def of_kind(resources, kind):
    return [resource for resource in resources if resource["kind"] == kind]


def pods(resources):
    """Service → its Deployment, its pod, and the only container of that."""
    for deployment in of_kind(resources, "Deployment"):
        template = deployment["spec"]["template"]
        (container,) = template["spec"]["containers"]
        labels = template["metadata"]["labels"]
        yield labels["app.kubernetes.io/name"], deployment, template["spec"], container


def environment(container) -> dict[str, str]:
    return {entry["name"]: entry.get("value", "1") for entry in container["env"]}


def settings_of(service, container, monkeypatch):
    for name, value in environment(container).items():
        monkeypatch.setenv(name, value)
    return SETTINGS[service]()


def selects(selector: dict[str, str], labels: dict[str, str]) -> bool:
    return selector.items() <= labels.items()


def check(resource, version):
    if resource["kind"] in ELSEWHERE:
        jsonschema.validate(resource["spec"], ELSEWHERE[resource["kind"]])
    else:
        kubernetes_validate.validate(resource, version, strict=True)


@folders
@pytest.mark.parametrize("version", VERSIONS)
def test_every_resource_has_the_schema_of_its_kind(render, folder, version):
    for resource in render(folder):
        check(resource, version)


@pytest.mark.parametrize("name", COMPONENTS)
def test_every_component_goes_with_the_base_and_keeps_it_valid(with_components, name):
    for resource in with_components(name):
        check(resource, VERSIONS[-1])


@overlays
def test_an_overlay_holds_all_three_services_with_all_that_belongs_to_each(render, folder):
    resources = render(folder)

    for kind in ("Deployment", "HorizontalPodAutoscaler", "PodDisruptionBudget"):
        assert {r["metadata"]["name"] for r in of_kind(resources, kind)} == set(SETTINGS)
    assert {r["metadata"]["name"] for r in of_kind(resources, "Service")} >= set(SETTINGS)
    assert len(of_kind(resources, "Ingress") + of_kind(resources, "Route")) == 1


@folders
def test_every_variable_is_a_setting_of_its_service_and_in_range(render, folder, monkeypatch):
    for service, _, _, container in pods(render(folder)):
        settings = settings_of(service, container, monkeypatch)
        assert settings.log_format == "json"
        prefix = f"{service.upper()}_"
        assert all(name.startswith(prefix) for name in environment(container))


@folders
def test_a_pod_is_killed_only_after_its_drain_and_its_last_call(render, folder, monkeypatch):
    for service, _, pod, container in pods(render(folder)):
        settings = settings_of(service, container, monkeypatch)
        assert settings.drain_s >= 10  # until every node knows that the pod takes no calls
        at_least = settings.drain_s + settings.timeout_s + 1
        assert at_least <= pod["terminationGracePeriodSeconds"] <= at_least + 30


@folders
def test_ports_and_probes_are_those_of_the_service(render, folder, apps):
    for service, _, _, container in pods(render(folder)):
        assert container["ports"] == [{"name": "http", "containerPort": PORTS[service]}]
        paths = apps[service].openapi()["paths"]
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            assert container[probe]["httpGet"]["port"] == "http"
            assert container[probe]["httpGet"]["path"] in paths
        assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
        assert container["livenessProbe"]["httpGet"]["path"] == "/livez"


@overlays
def test_the_gallery_finds_the_other_two_where_their_services_are(render, folder, monkeypatch):
    resources = render(folder)
    known = {
        f"http://{service['metadata']['name']}:{service['spec']['ports'][0]['port']}": service
        for service in of_kind(resources, "Service")
    }
    labels = {
        service: deployment["spec"]["template"]["metadata"]["labels"]
        for service, deployment, _, _ in pods(resources)
    }
    (gallery,) = [container for service, _, _, container in pods(resources) if service == "gallery"]
    settings = settings_of("gallery", gallery, monkeypatch)

    for service, url in (("tagger", settings.tagger_url), ("aesthetic", settings.aesthetic_url)):
        assert selects(known[url]["spec"]["selector"], labels[service])


@overlays
def test_services_scaling_and_disruption_budgets_select_the_pods_of_their_own_service(
    render, folder
):
    resources = render(folder)
    labels = {
        service: deployment["spec"]["template"]["metadata"]["labels"]
        for service, deployment, _, _ in pods(resources)
    }
    for service, deployment, pod, _ in pods(resources):
        assert selects(deployment["spec"]["selector"]["matchLabels"], labels[service])
        for spread in pod["topologySpreadConstraints"]:
            assert selects(spread["labelSelector"]["matchLabels"], labels[service])
            assert spread["matchLabelKeys"] == ["app.kubernetes.io/name"]
    for service in of_kind(resources, "Service"):
        name = service["metadata"]["name"].removesuffix("-pods")
        chosen = {s for s in labels if selects(service["spec"]["selector"], labels[s])}
        assert chosen == {name}
        assert service["spec"]["ports"][0]["port"] == PORTS[name]
    for budget in of_kind(resources, "PodDisruptionBudget"):
        assert selects(
            budget["spec"]["selector"]["matchLabels"], labels[budget["metadata"]["name"]]
        )
    for scaling in of_kind(resources, "HorizontalPodAutoscaler"):
        target = scaling["spec"]["scaleTargetRef"]
        assert target["name"] == scaling["metadata"]["name"]
        assert target["name"] in labels


@overlays
def test_what_stands_before_the_gallery_lets_through_and_waits_for_what_it_allows(
    render, folder, monkeypatch
):
    resources = render(folder)
    (gallery,) = [container for service, _, _, container in pods(resources) if service == "gallery"]
    settings = settings_of("gallery", gallery, monkeypatch)
    (entry,) = of_kind(resources, "Ingress") + of_kind(resources, "Route")
    limits = {name.split("/")[1]: v for name, v in entry["metadata"]["annotations"].items()}

    patience_s = limits.get("proxy-read-timeout") or limits["timeout"].removesuffix("s")
    assert settings.timeout_s < int(patience_s) <= settings.timeout_s + 10
    if entry["kind"] == "Ingress":
        assert limits["proxy-body-size"] == f"{settings.max_body_bytes // 2**20}m"


def test_a_gateway_leads_to_the_gallery_and_waits_for_it(with_components, monkeypatch):
    resources = with_components("gateway")
    (route,) = of_kind(resources, "HTTPRoute")
    (rule,) = route["spec"]["rules"]
    (gallery,) = [container for service, _, _, container in pods(resources) if service == "gallery"]

    assert rule["backendRefs"] == [{"name": "gallery", "port": PORTS["gallery"]}]
    patience_s = int(rule["timeouts"]["request"].removesuffix("s"))
    assert patience_s > settings_of("gallery", gallery, monkeypatch).timeout_s


def test_the_queue_that_scales_the_models_is_a_metric_of_theirs(with_components):
    scaled = {}
    for scaling in of_kind(with_components("queue-autoscaling"), "HorizontalPodAutoscaler"):
        kinds = [metric["type"] for metric in scaling["spec"]["metrics"]]
        scaled[scaling["metadata"]["name"]] = kinds
        for metric in scaling["spec"]["metrics"]:
            if metric["type"] == "Pods":
                name = metric["pods"]["metric"]["name"]
                assert Metrics().registry.get_sample_value(name) == 0

    queue_first = ["Pods", "Resource"]
    assert scaled == {"gallery": ["Resource"], "tagger": queue_first, "aesthetic": queue_first}


def test_prometheus_finds_every_pod_and_names_it_by_its_service(with_components):
    resources = with_components("pod-monitor")
    (monitor,) = of_kind(resources, "PodMonitor")
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
    (relabeling,) = endpoint["relabelings"]

    assert relabeling["targetLabel"] == "job"
    assert relabeling["sourceLabels"] == ["__meta_kubernetes_pod_label_app_kubernetes_io_name"]
    for service, deployment, _, container in pods(resources):
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        assert selects(monitor["spec"]["selector"]["matchLabels"], labels)
        assert endpoint["port"] == container["ports"][0]["name"]
        assert labels["app.kubernetes.io/name"] == service


@folders
def test_every_pod_passes_the_standard_restricted_under_any_uid(render, folder):
    for _, _, pod, container in pods(render(folder)):
        assert pod["securityContext"] == {
            "runAsNonRoot": True,
            "seccompProfile": {"type": "RuntimeDefault"},
        }
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert pod["automountServiceAccountToken"] is False
        assert pod["enableServiceLinks"] is False
        assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers"} & pod.keys()
        for volume in pod["volumes"]:
            assert volume.keys() - {"name"} <= {"emptyDir", "persistentVolumeClaim"}
        mounted = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
        assert mounted["tmp"] == "/tmp"  # noqa: S108 - the only place that is written to
        assert "memory" in container["resources"]["limits"]
        assert {"cpu", "memory"} <= container["resources"]["requests"].keys()


def test_only_the_models_get_a_gpu_and_they_insist_on_it(render):
    found = {
        service: (
            container["resources"]["limits"].get("nvidia.com/gpu"),
            environment(container).get(f"{service.upper()}_RUNTIME"),
            container["image"].endswith("-gpu"),
        )
        for service, _, _, container in pods(render(K8S / "overlays" / "gpu"))
    }

    with_gpu = ("1", "keras-gpu", True)
    assert found == {"gallery": (None, None, False), "tagger": with_gpu, "aesthetic": with_gpu}


@pytest.mark.parametrize("folder", CANARIES, ids=lambda path: path.name)
def test_a_canary_stands_behind_the_same_service_and_is_no_pod_of_the_stable_version(
    render, folder, monkeypatch
):
    base = render(K8S / "overlays" / "local-cpu")
    ((service, canary, pod, container),) = pods(render(folder))
    labels = canary["spec"]["template"]["metadata"]["labels"]
    (stable,) = [d for s, d, _, _ in pods(base) if s == service]
    (entry,) = [s for s in of_kind(base, "Service") if s["metadata"]["name"] == service]

    assert selects(entry["spec"]["selector"], labels)
    assert not selects(stable["spec"]["selector"]["matchLabels"], labels)
    assert selects(canary["spec"]["selector"]["matchLabels"], labels)
    assert canary["metadata"]["name"] != stable["metadata"]["name"]
    assert canary["metadata"]["namespace"] == stable["metadata"]["namespace"]
    assert canary["spec"]["replicas"] == 1
    model = settings_of(service, container, monkeypatch).model
    (mount,) = [m for m in container["volumeMounts"] if model.startswith(m["mountPath"])]
    assert mount["readOnly"]
    assert mount["name"] in {volume["name"] for volume in pod["volumes"]}


def test_what_the_guide_has_an_operator_write_does_what_it_says(render, tmp_path):
    guide = (K8S.parent / "docs" / "kubernetes.md").read_text()
    own = re.search(r"<<'END'\n(.*?)\nEND\n", guide, re.DOTALL)[1]
    switch = textwrap.dedent(re.search(r"( +components:\n.*?)\n +```", guide, re.DOTALL)[1])
    text = f"{own}\n{switch}\n".replace("../k8s", os.path.relpath(K8S, tmp_path))
    (tmp_path / "kustomization.yaml").write_text(text)

    found = {service: container for service, _, _, container in pods(render(tmp_path))}

    for service, container in found.items():
        assert container["image"] == f"registry.example.com/stayrank-{service}:0.1.0"
    model = environment(found["tagger"])["TAGGER_MODEL"]
    mounts = [mount["mountPath"] for mount in found["tagger"]["volumeMounts"]]
    assert any(model.startswith(f"{mount}/") for mount in mounts)
