/** The results topology: events of asynchronous requests become results. */
@NullMarked
package io.anyserve.router.results;

import org.jspecify.annotations.NullMarked;
