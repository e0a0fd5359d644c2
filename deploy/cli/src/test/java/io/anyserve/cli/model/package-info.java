/** Tests of the commands for models. */
@NullMarked
package io.anyserve.cli.model;

import org.jspecify.annotations.NullMarked;
