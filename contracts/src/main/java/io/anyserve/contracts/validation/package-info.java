/** Checks of arguments and of names, with messages that tell the given and the expected value. */
@NullMarked
package io.anyserve.contracts.validation;

import org.jspecify.annotations.NullMarked;
