package io.anyserve.runtime.auth;

import io.anyserve.contracts.key.KeyGrant;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A key that is to be created.
 *
 * @param expiresAt empty for never
 * @param concurrency most requests in flight on one ingress; empty for any number
 */
public record NewKey(KeyGrant grant, Optional<Instant> expiresAt, OptionalInt concurrency) {}
