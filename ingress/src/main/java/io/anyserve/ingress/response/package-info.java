/**
 * Response streams: the events that the log brings for each request in flight, on their way to its
 * client. {@code ResponseStreams} opens and finds the streams, and hands them what comes live. A
 * {@code ResponseStream} is the lock of its parts: {@code StreamLifecycle} has its states, {@code
 * EventDelivery} the way of an event, {@code DisconnectPolicy} what a lost client means.
 */
@NullMarked
package io.anyserve.ingress.response;

import org.jspecify.annotations.NullMarked;
