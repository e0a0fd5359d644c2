/** What of a conversation goes to the model. */
@NullMarked
package io.anyserve.ingress.conversation;

import org.jspecify.annotations.NullMarked;
