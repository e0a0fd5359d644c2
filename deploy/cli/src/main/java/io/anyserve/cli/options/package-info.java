/** Options that several commands share. */
@NullMarked
package io.anyserve.cli.options;

import org.jspecify.annotations.NullMarked;
