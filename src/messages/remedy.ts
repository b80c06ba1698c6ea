/**
 * What to do about an error, where whoever throws it knows nothing better; `errors.ts` chooses by the
 * error's code.
 *
 * @module
 */
import { catalogue } from "./catalogue.ts";

/** REMEDY: the messages of this area. */
export const REMEDY = catalogue({
  // A hub's answer.
  wrong_range: {
    en:
      "the server, or a proxy or cache before it, answers ranges wrongly: tell whoever runs it, and try without the proxy",
    zh: "服务器，或它前面的代理、缓存对区间的应答有误：请联系其维护者，并试试不经代理",
  },
  cut_short: {
    en:
      "run again: it goes on from there; if it never gets further, look for a proxy or a time limit on the way",
    zh: "请再运行一次，会从断处继续；如果始终没有进展，请检查途中的代理或时限",
  },
  changed: {
    en:
      "the package is being built, or a cache on the way still has another one: run again in a few minutes; if it stays so, tell whoever runs the server",
    zh:
      "数据包正在重建，或途中的缓存里还是别的数据包：请过几分钟再运行；如果一直如此，请联系服务器的维护者",
  },
  redirect: {
    en: "open the address in a browser, and ask whoever runs the server where the file is now",
    zh: "请用浏览器打开这个地址，并向服务器的维护者询问文件现在的位置",
  },
  http_status: {
    en:
      "a login page, a firewall or a proxy may have answered in the server's place: open the address in a browser on this network",
    zh: "可能是登录页、防火墙或代理代替服务器做了应答：请在这个网络里用浏览器打开这个地址",
  },

  // A package.
  no_end_record: {
    en: "It may still be being written, or a proxy cut it or added to it: try again later.",
    zh: "它可能还没有写完，或途中的代理截断或改动了它：请稍后再试。",
  },
  bad_directory: {
    en:
      "It was built wrongly, or damaged before it came here. Nothing of it is used: ask whoever makes it to build it again.",
    zh: "它打包有误，或在传来之前已损坏。其内容完全没有使用：请让打包的一方重新打包。",
  },
  damaged: {
    en:
      "Run again; if it stays so, the package itself is damaged: ask whoever makes it to build it again.",
    zh: "请再运行一次；如果仍然如此，说明数据包本身已损坏：请让打包的一方重新打包。",
  },
  wrong_digest: {
    en: "its CRC-32 and size fit, so this is no damage: somebody on the way may have changed it",
    zh: "它的 CRC-32 和大小都对，所以不是损坏：可能有人在途中改动了它",
  },
  pack_again: {
    en: "ask whoever runs the hub to pack the dataset again",
    zh: "请让数据中心的维护者重新打包这个数据集",
  },
  duplicate_name: {
    en:
      "One file can't have two contents. Nothing of the package is used: ask whoever makes it to leave one of them out.",
    zh: "一个文件不能有两份内容。这个数据包完全没有使用：请让打包的一方去掉其中一个。",
  },
  nothing_used: {
    en: "Nothing of this package is used. Ask whoever makes it to look at it.",
    zh: "这个数据包完全没有使用。请让打包的一方查看它。",
  },
  too_large: {
    en: "No real dataset is like that. Nothing of it is used: ask whoever makes it to look at it.",
    zh: "真实的数据集不会是这样。其内容完全没有使用：请让打包的一方查看它。",
  },
  overlap: {
    en:
      "It was built wrongly, or as a trap. Nothing of it is used: ask whoever makes it to build it again.",
    zh: "它打包有误，或是有意的陷阱。其内容完全没有使用：请让打包的一方重新打包。",
  },
});
