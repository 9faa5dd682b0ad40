"""Who may talk to whom, as the network policies say."""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

K8S = Path(__file__).parents[2] / "k8s"
PORTS = {"gallery": 8000, "tagger": 8001, "aesthetic": 8002}
NAMED = dict.fromkeys(PORTS.values(), "http")


@dataclass(frozen=True)
class Peer:
    """A pod, by its labels and those of its namespace; or an address outside the cluster."""

    labels: dict[str, str]
    namespace: str = "stayrank"


GALLERY, TAGGER, AESTHETIC = (
    Peer({"app.kubernetes.io/name": name, "app.kubernetes.io/part-of": "stayrank"})
    for name in PORTS
)
DNS = Peer({"k8s-app": "kube-dns"}, "kube-system")
OPENSHIFT_DNS = Peer({}, "openshift-dns")
INGRESS = Peer({}, "ingress-nginx")
PROMETHEUS = Peer({}, "monitoring")
COLLECTOR = Peer({}, "observability")
STRANGER = Peer({"app": "else"}, "default")
NEIGHBOUR = Peer({"app": "else"})
# Private, shared, local, metadata, benchmarks, multicast, reserved.
CLOSED = [
    *("0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.31.255.255"),
    *("192.0.0.1", "192.168.1.1", "198.19.255.255", "224.0.0.1", "255.255.255.255"),
    *("::1", "fd00::1", "fe80::1", "ff02::1"),
    # 10.0.0.1 as an address of IPv6: mapped, NAT64, 6to4, Teredo.
    *("::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "2001:0:a00:1::1"),
]


def matches(selector: dict, labels: dict[str, str]) -> bool:
    wanted = selector.get("matchLabels", {}).items() <= labels.items()
    return wanted and all(
        labels.get(expression["key"]) in expression["values"]
        for expression in selector.get("matchExpressions", [])
        if expression["operator"] == "In"
    )


def is_peer(entry: dict, peer: Peer) -> bool:
    if "ipBlock" in entry:
        return False
    if "namespaceSelector" in entry:
        names = {"kubernetes.io/metadata.name": peer.namespace}
        if not matches(entry["namespaceSelector"], names):
            return False
    elif peer.namespace != "stayrank":
        return False
    return matches(entry.get("podSelector", {}), peer.labels)


def passes(policies: list, pod: Peer, peer: Peer, port: int, direction: str) -> bool:
    """Whether the policies of a pod let a connection through; pods elsewhere have none."""
    if pod.namespace != "stayrank":
        return True
    side = "to" if direction == "egress" else "from"
    own = [
        policy["spec"]
        for policy in policies
        if matches(policy["spec"]["podSelector"], pod.labels)
        and direction.capitalize() in policy["spec"]["policyTypes"]
    ]
    return not own or any(
        any(is_peer(entry, peer) for entry in rule.get(side, [])) or side not in rule
        for policy in own
        for rule in policy.get(direction, [])
        if any(entry["port"] in {port, NAMED.get(port)} for entry in rule["ports"])
    )


def talks(policies: list, source: Peer, target: Peer, port: int) -> bool:
    return passes(policies, source, target, port, "egress") and passes(
        policies, target, source, port, "ingress"
    )


def policies_in(resources: list) -> list:
    return [resource for resource in resources if resource["kind"] == "NetworkPolicy"]


@pytest.fixture(params=["local-cpu", "gpu", "openshift"])
def policies(render, request):
    return policies_in(render(K8S / "overlays" / request.param))


@pytest.mark.parametrize(
    ("source", "target", "port"),
    [(INGRESS, GALLERY, 8000), (GALLERY, TAGGER, 8001), (GALLERY, AESTHETIC, 8002)],
)
def test_a_call_finds_its_way(policies, source, target, port):
    assert talks(policies, source, target, port)


@pytest.mark.parametrize(
    ("source", "target", "port"),
    [
        (STRANGER, TAGGER, 8001),
        (NEIGHBOUR, TAGGER, 8001),
        (NEIGHBOUR, AESTHETIC, 8002),
        (TAGGER, AESTHETIC, 8002),
        (TAGGER, GALLERY, 8000),
        (TAGGER, DNS, 53),
        (AESTHETIC, DNS, 53),
        (TAGGER, STRANGER, 443),
        (AESTHETIC, COLLECTOR, 4318),
        (GALLERY, STRANGER, 443),
        (GALLERY, TAGGER, 22),
        (GALLERY, COLLECTOR, 4318),
        (PROMETHEUS, TAGGER, 8001),
        (NEIGHBOUR, STRANGER, 80),
    ],
)
def test_nothing_else_does(policies, source, target, port):
    assert not talks(policies, source, target, port)


@pytest.mark.parametrize(
    ("overlay", "dns", "port"),
    [("local-cpu", DNS, 53), ("gpu", DNS, 53), ("openshift", OPENSHIFT_DNS, 5353)],
)
def test_the_gallery_alone_may_ask_the_dns_of_its_cluster(render, overlay, dns, port):
    policies = policies_in(render(K8S / "overlays" / overlay))

    assert talks(policies, GALLERY, dns, port)
    assert not any(talks(policies, model, dns, port) for model in (TAGGER, AESTHETIC))


def test_the_monitoring_of_openshift_is_let_in_by_its_component(with_components):
    policies = policies_in(with_components("pod-monitor"))

    for namespace in ("monitoring", "openshift-user-workload-monitoring"):
        assert talks(policies, Peer({}, namespace), TAGGER, 8001)
    assert not talks(policies, STRANGER, TAGGER, 8001)


def test_traces_and_metrics_are_opened_by_components_of_their_own(with_components):
    policies = policies_in(with_components("otlp", "prometheus"))

    for pod, port in ((GALLERY, 8000), (TAGGER, 8001), (AESTHETIC, 8002)):
        assert talks(policies, pod, COLLECTOR, 4318)
        assert talks(policies, pod, DNS, 53)
        assert talks(policies, PROMETHEUS, pod, port)
        assert not talks(policies, pod, STRANGER, 443)


def test_url_input_opens_the_internet_to_the_gallery_but_no_private_address(with_components):
    (policy,) = [
        policy
        for policy in policies_in(with_components("url-input"))
        if policy["metadata"]["name"] == "url-input"
    ]
    blocks = [entry["ipBlock"] for entry in policy["spec"]["egress"][0]["to"]]

    def reached(address: str) -> bool:
        return any(
            ip_address(address) in ip_network(block["cidr"])
            and not any(ip_address(address) in ip_network(each) for each in block["except"])
            for block in blocks
        )

    assert matches(policy["spec"]["podSelector"], GALLERY.labels)
    assert not any(
        matches(policy["spec"]["podSelector"], pod.labels) for pod in (TAGGER, AESTHETIC)
    )
    assert all(map(reached, ("9.9.9.9", "198.17.0.1", "2620:fe::9")))
    assert [address for address in CLOSED if reached(address)] == []
