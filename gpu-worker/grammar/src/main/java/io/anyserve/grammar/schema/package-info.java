/** JSON Schemas, turned into the productions that write their documents. */
@NullMarked
package io.anyserve.grammar.schema;

import org.jspecify.annotations.NullMarked;
