/** Reads calls for responses: their input of messages, calls of functions and results. */
@NullMarked
package io.anyserve.ingress.openai.response;

import org.jspecify.annotations.NullMarked;
