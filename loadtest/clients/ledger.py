"""What must hold after everything else was tried."""

import json

from cases import case, expect, expect_nothing

BEGIN = "2020-01-01T00:00:00Z"


@case("usage verify")
def verify(service):
    """Everything was compared and is equal."""
    ask(service)
    code, out, said = service.command(
        "usage", "verify", "--from", BEGIN, "--json", "--kafka", service.kafka
    )
    expect(out.startswith("{"), f"exit {code}: {said.strip()[-120:]}")
    report = json.loads(out)
    expect_nothing([str(difference) for difference in report["differences"][:6]])
    rows = {row["what"]: row for row in report["rows"]}
    unknown = [f"{name}: {row['unknown']} not compared" for name, row in rows.items() if row["unknown"]]
    expect_nothing(unknown)
    expect(rows["requests"]["compared"] > 0, "no request was compared")
    expect(code == 0, f"exit {code} and no difference")
    return "equal: " + ", ".join(f"{row['compared']} {name}" for name, row in rows.items())


@case("readiness")
def readiness(service):
    status, text = service.readiness()
    expect(status == 200, f"{status} {text}")


@case("a good request")
def good(service):
    ask(service)


def ask(service):
    code, out, said = service.command(
        "ask", "Once upon a time", "--max-tokens", 3, "--server", service.grpc
    )
    expect(code == 0, said.strip()[-120:])
    expect(out.strip(), "no text")
