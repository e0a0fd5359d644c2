/** The usage API over gRPC. */
@NullMarked
package io.anyserve.metering.grpc;

import org.jspecify.annotations.NullMarked;
