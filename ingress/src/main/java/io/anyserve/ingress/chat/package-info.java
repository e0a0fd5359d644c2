/** The chat of people: sessions and history over HTTP, and answers over a WebSocket. */
@NullMarked
package io.anyserve.ingress.chat;

import org.jspecify.annotations.NullMarked;
