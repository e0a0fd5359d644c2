/**
 * {@code /v1/responses}: responses that can be asked for later. Their state is in the log and in
 * the conversation store; an ingress keeps nothing of a response that ended.
 */
@NullMarked
package io.anyserve.ingress.responses;

import org.jspecify.annotations.NullMarked;
