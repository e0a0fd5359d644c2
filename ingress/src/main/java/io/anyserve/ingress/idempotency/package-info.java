/**
 * Requests under an idempotency key: whether a submission is the first, and what it may do
 * otherwise.
 */
@NullMarked
package io.anyserve.ingress.idempotency;

import org.jspecify.annotations.NullMarked;
