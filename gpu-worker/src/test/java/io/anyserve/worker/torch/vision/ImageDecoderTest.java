package io.anyserve.worker.torch.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.image.ContentPart;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that cannot be decoded. */
final class ImageDecoderTest {

  @ParameterizedTest
  @ValueSource(strings = {"wide.png", "palette.png", "photo.jpg"})
  void aTruncatedImageIsRefused(String name) {
    ByteString whole = VisionReference.image(name).data();
    for (int percent : new int[] {30, 60, 90}) {
      refused(whole.substring(0, whole.size() * percent / 100));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"wide.png", "photo.jpg"})
  void anotherSizeInTheHeaderIsRefused(String name) {
    byte[] content = VisionReference.image(name).data().toByteArray();
    boolean png = name.endsWith(".png");
    int at = png ? 20 : frame(content) + 5;
    content[at + (png ? 2 : 0)] = 0x1f;
    refused(ByteString.copyFrom(content));
  }

  private static int frame(byte... jpeg) {
    for (int i = 0; ; i++) {
      if (jpeg[i] == (byte) 0xff && jpeg[i + 1] == (byte) 0xc0) {
        return i;
      }
    }
  }

  private static void refused(ByteString data) {
    var image = new ContentPart.Image(data);
    var refusal =
        assertThrows(FailureException.class, () -> ImageDecoder.decode(data, image.header()));
    assertEquals(FailureCode.INVALID_REQUEST, refusal.failure().code());
    assertTrue(
        refusal.failure().message().startsWith("image: " + image.header().format()),
        refusal.failure().message());
  }
}
