/** The load generator. */
@NullMarked
package io.anyserve.cli.load;

import org.jspecify.annotations.NullMarked;
