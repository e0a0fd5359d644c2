/** The calls that a worker keeps open to the routers, so that these notice its death at once. */
@NullMarked
package io.anyserve.worker.link;

import org.jspecify.annotations.NullMarked;
