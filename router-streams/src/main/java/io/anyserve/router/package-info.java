/** Routes what is not directly routable and writes the results of asynchronous requests. */
@NullMarked
package io.anyserve.router;

import org.jspecify.annotations.NullMarked;
