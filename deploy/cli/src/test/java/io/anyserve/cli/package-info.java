/** The command line against running services. */
@NullMarked
package io.anyserve.cli;

import org.jspecify.annotations.NullMarked;
