/** Questions and answers as protobuf, errors as gRPC statuses. */
@NullMarked
package io.anyserve.metering.query.codec;

import org.jspecify.annotations.NullMarked;
