/** The command that creates and changes API keys. */
@NullMarked
package io.anyserve.cli.keys;

import org.jspecify.annotations.NullMarked;
