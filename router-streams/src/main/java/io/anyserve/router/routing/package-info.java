/** Which capability serves a request, from the live workers and the routes. */
@NullMarked
package io.anyserve.router.routing;

import org.jspecify.annotations.NullMarked;
