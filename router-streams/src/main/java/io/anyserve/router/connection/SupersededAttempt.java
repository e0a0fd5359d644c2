package io.anyserve.router.connection;

import io.anyserve.contracts.RequestId;

/** A request that was published again: an execution of that attempt or a lower one stops. */
public record SupersededAttempt(RequestId request, int attempt) {}
