/** OpenAI's own client, at the services. */
@NullMarked
package io.anyserve.standalone.openai;

import org.jspecify.annotations.NullMarked;
