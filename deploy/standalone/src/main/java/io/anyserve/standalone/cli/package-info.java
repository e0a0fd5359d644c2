/** The command line: {@code anyserve up}, {@code ask}, {@code submit} and the rest. */
@NullMarked
package io.anyserve.standalone.cli;

import org.jspecify.annotations.NullMarked;
