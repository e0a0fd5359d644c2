package io.anyserve.contracts.event;

import io.anyserve.contracts.SessionId;

/** What a tenant's windows are told apart by. Each kind alone adds up to the tenant's usage. */
public sealed interface UsageDimension {

  /** What answered. Both are empty for requests that nobody took. */
  record ByModel(String capability, String model) implements UsageDimension {}

  record BySession(SessionId session) implements UsageDimension {}

  /**
   * Who asked.
   *
   * @param apiKey public id; empty for anonymous callers
   */
  record ByKey(String apiKey) implements UsageDimension {}
}
