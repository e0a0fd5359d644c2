/** Texts whose vectors are asked for, and these vectors. */
@NullMarked
package io.anyserve.contracts.embedding;

import org.jspecify.annotations.NullMarked;
