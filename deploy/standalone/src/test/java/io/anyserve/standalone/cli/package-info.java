/** The command line against running services. */
@NullMarked
package io.anyserve.standalone.cli;

import org.jspecify.annotations.NullMarked;
