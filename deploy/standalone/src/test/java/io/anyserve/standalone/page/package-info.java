/** The chat page in Chromium, against running services. */
@NullMarked
package io.anyserve.standalone.page;

import org.jspecify.annotations.NullMarked;
