/** The documents are checked against the product. */
@NullMarked
package io.anyserve.documentation;

import org.jspecify.annotations.NullMarked;
