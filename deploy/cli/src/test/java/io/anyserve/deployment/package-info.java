/** What is in the folder deploy beside code: launchers, images, Compose. */
@NullMarked
package io.anyserve.deployment;

import org.jspecify.annotations.NullMarked;
