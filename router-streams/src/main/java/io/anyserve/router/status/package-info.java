/** The gRPC service that answers questions about requests, and asks other routers for theirs. */
@NullMarked
package io.anyserve.router.status;

import org.jspecify.annotations.NullMarked;
