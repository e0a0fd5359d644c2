"""What must hold after everything else was tried."""

from cases import case, expect


@case("usage verify")
def verify(service):
    everything = "2020-01-01T00:00:00Z"
    code, out, said = service.command(
        "usage", "verify", "--from", everything, "--kafka", service.kafka
    )
    expect(code == 0, " | ".join((out + said).strip().splitlines()[-6:]))


@case("readiness")
def readiness(service):
    status, text = service.readiness()
    expect(status == 200, f"{status} {text}")


@case("a good request")
def good(service):
    code, out, said = service.command(
        "ask", "Once upon a time", "--max-tokens", 3, "--server", service.grpc
    )
    expect(code == 0, said.strip()[-120:])
    expect(out.strip(), "no text")
