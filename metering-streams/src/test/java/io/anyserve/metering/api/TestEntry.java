package io.anyserve.metering.api;

import io.anyserve.contracts.Capability;
import io.anyserve.contracts.RequestContext;
import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.TokenUsage;
import io.anyserve.contracts.TopicOffset;
import io.anyserve.contracts.event.Cost;
import io.anyserve.contracts.event.LedgerEntry;
import io.anyserve.contracts.event.LedgerEntry.Times;
import io.anyserve.contracts.event.LedgerEntry.Volume;
import io.anyserve.contracts.event.Outcome;
import io.anyserve.contracts.event.ServedBy;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A ledger entry that tests describe by what is special about it. */
public record TestEntry(
    String tenant,
    String session,
    String key,
    String capability,
    String model,
    Outcome outcome,
    Instant at,
    long completion,
    long cost,
    Map<String, String> labels,
    Optional<TopicOffset> source) {

  public static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

  public static TestEntry of(String tenant, String session) {
    return new TestEntry(
        tenant,
        session,
        "key-1",
        "chat",
        "tiny",
        Outcome.FINISHED,
        NOON,
        10,
        70,
        Map.of(),
        Optional.empty());
  }

  public TestEntry key(String other) {
    return new TestEntry(
        tenant, session, other, capability, model, outcome, at, completion, cost, labels, source);
  }

  public TestEntry model(String otherCapability, String otherModel) {
    return new TestEntry(
        tenant,
        session,
        key,
        otherCapability,
        otherModel,
        outcome,
        at,
        completion,
        cost,
        labels,
        source);
  }

  public TestEntry outcome(Outcome other) {
    return new TestEntry(
        tenant, session, key, capability, model, other, at, completion, cost, labels, source);
  }

  public TestEntry after(Duration later) {
    return new TestEntry(
        tenant,
        session,
        key,
        capability,
        model,
        outcome,
        NOON.plus(later),
        completion,
        cost,
        labels,
        source);
  }

  public TestEntry tokens(long other) {
    return new TestEntry(
        tenant, session, key, capability, model, outcome, at, other, cost, labels, source);
  }

  public TestEntry cost(long other) {
    return new TestEntry(
        tenant, session, key, capability, model, outcome, at, completion, other, labels, source);
  }

  public TestEntry labels(Map<String, String> other) {
    return new TestEntry(
        tenant, session, key, capability, model, outcome, at, completion, cost, other, source);
  }

  public TestEntry from(TopicOffset other) {
    return new TestEntry(
        tenant,
        session,
        key,
        capability,
        model,
        outcome,
        at,
        completion,
        cost,
        labels,
        Optional.of(other));
  }

  public LedgerEntry entry() {
    return new LedgerEntry(
        new RequestId(0x0190_0000_0000_7000L, 7),
        new RequestContext(
            new TenantId(tenant),
            new SessionId(session),
            key,
            new Capability("chat"),
            labels,
            at.minusMillis(500),
            false),
        new ServedBy(capability, model, "worker-1", 1, false),
        outcome,
        outcome == Outcome.FAILED ? "ENGINE_FAILED" : "",
        new TokenUsage(5, completion, 2),
        3,
        new Volume(20, 40),
        Duration.ofMillis(30),
        new Times(Optional.of(at.minusMillis(400)), Optional.of(at.minusMillis(300)), at),
        new Cost(cost, "v1"),
        source);
  }
}
