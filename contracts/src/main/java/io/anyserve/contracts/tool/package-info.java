/** Functions that a model may call: their definitions, the choice among them, and calls. */
@NullMarked
package io.anyserve.contracts.tool;

import org.jspecify.annotations.NullMarked;
