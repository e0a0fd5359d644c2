/** What the router tells about a request, over gRPC, with the help of its peers. */
@NullMarked
package io.anyserve.router.status;

import org.jspecify.annotations.NullMarked;
