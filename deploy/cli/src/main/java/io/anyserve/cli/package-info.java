/** The command line: the program {@code anyserve} and how it reports errors. */
@NullMarked
package io.anyserve.cli;

import org.jspecify.annotations.NullMarked;
