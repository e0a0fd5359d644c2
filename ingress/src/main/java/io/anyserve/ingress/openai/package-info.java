/**
 * The wire format of the OpenAI API: what clients send and what they are answered, as records and
 * pure functions.
 */
@NullMarked
package io.anyserve.ingress.openai;

import org.jspecify.annotations.NullMarked;
