/** Where load goes: gRPC streams, server-sent events over HTTP, and the topic of submissions. */
@NullMarked
package io.anyserve.loadtest.targets;

import org.jspecify.annotations.NullMarked;
