package io.anyserve.contracts;

import io.anyserve.contracts.validation.Preconditions;
import java.time.Instant;
import java.util.Map;

/**
 * Whom a request belongs to and what it asked for: all that the ledger needs to know.
 *
 * @param apiKey public id of the key, empty for anonymous callers
 * @param capability as asked for
 * @param labels of the caller, at most 16
 * @param result of an asynchronous request: nobody waits, the terminal event carries the output and
 *     the router writes a result
 * @param reserved a quota reserves what the request may use until its ledger entry says what it
 *     used
 */
public record RequestContext(
    TenantId tenant,
    SessionId session,
    String apiKey,
    Capability capability,
    Map<String, String> labels,
    Instant acceptedAt,
    ResultFormat result,
    boolean reserved) {

  private static final int MAX_LABELS = 16;
  private static final int MAX_LABEL_KEY = 64;
  private static final int MAX_LABEL_VALUE = 256;

  public RequestContext {
    labels = Map.copyOf(labels);
    Preconditions.that(
        labels.size() <= MAX_LABELS, "labels", labels.size(), "at most " + MAX_LABELS);
    labels.forEach(RequestContext::checkLabel);
  }

  /** Of a request that no quota counts. */
  public RequestContext(
      TenantId tenant,
      SessionId session,
      String apiKey,
      Capability capability,
      Map<String, String> labels,
      Instant acceptedAt,
      boolean asynchronous) {
    this(
        tenant,
        session,
        apiKey,
        capability,
        labels,
        acceptedAt,
        asynchronous ? ResultFormat.PROTOBUF : ResultFormat.NONE,
        false);
  }

  /** Whether nobody waits for the answer. */
  public boolean asynchronous() {
    return result != ResultFormat.NONE;
  }

  /** The same, with a result in that form. */
  public RequestContext with(ResultFormat format) {
    return new RequestContext(
        tenant, session, apiKey, capability, labels, acceptedAt, format, reserved);
  }

  /** The same, with a quota that counts it. */
  RequestContext reservedOne() {
    return new RequestContext(
        tenant, session, apiKey, capability, labels, acceptedAt, result, true);
  }

  private static void checkLabel(String key, String value) {
    if (key.isEmpty() || key.length() > MAX_LABEL_KEY) {
      String expected = "a key of 1 to " + MAX_LABEL_KEY + " characters";
      Preconditions.that(false, "label", Preconditions.printable(key), expected);
    }
    if (value.length() > MAX_LABEL_VALUE) {
      String found = value.length() + " characters";
      Preconditions.that(
          false, "label " + Preconditions.printable(key), found, "at most " + MAX_LABEL_VALUE);
    }
    Preconditions.text("label value", value);
  }
}
