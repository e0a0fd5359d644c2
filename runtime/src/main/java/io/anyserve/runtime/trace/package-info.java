/** Traces over gRPC and Kafka, as OpenTelemetry has them; off unless an endpoint is configured. */
@NullMarked
package io.anyserve.runtime.trace;

import org.jspecify.annotations.NullMarked;
