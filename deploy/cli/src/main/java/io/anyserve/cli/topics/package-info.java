/** Commands about topics, routes and dead letters. */
@NullMarked
package io.anyserve.cli.topics;

import org.jspecify.annotations.NullMarked;
