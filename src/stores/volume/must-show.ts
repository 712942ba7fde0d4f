import { z } from "zod";
import { sizeInWords } from "../../base/size.ts";
import type { Check } from "../../step/check.ts";

/** What a person has to see where the volume's own judges would be green. */
export function mustShow({ judge, args }: Check): string[] {
  switch (judge) {
    case "volume.preflight": {
      const { image } = z.object({ image: z.string() }).parse(args);
      return [
        "the engine and volume you mean; a line with the image",
        `no container with "autoRemove":true that runs (image: ${image})`,
      ];
    }
    case "volume.look": {
      const { needed } = z.object({ needed: z.number() }).parse(args);
      return ['no line "lacks"', `at least ${sizeInWords(needed)} available (df, third number, in kB)`];
    }
    case "volume.members":
      return ['"differences: 0" and no other difference', '"lines compared" with a number above 1'];
    case "volume.users":
      return ['"running" for each container, and none "unhealthy"'];
    default:
      return [];
  }
}
