/** Load from outside: open and closed loops over gRPC, and the raw Kafka floor beside them. */
@NullMarked
package io.anyserve.loadtest;

import org.jspecify.annotations.NullMarked;
