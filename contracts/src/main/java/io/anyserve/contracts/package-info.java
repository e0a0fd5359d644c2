/** What every service agrees on: identifiers, requests, events and failures. */
@NullMarked
package io.anyserve.contracts;

import org.jspecify.annotations.NullMarked;
