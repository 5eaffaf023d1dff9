/** The texts in Hindi. They say nothing of the player’s gender; en.js says what each text is for. */

/** @typedef {{player?: string, move: string, amount: number, to: number, all_in: boolean, cards?: string[]}} LogMove */

/** Signs of the suits. @type {Record<string, string>} */
const suits = { D: "♦", H: "♥", S: "♠", C: "♣" };

/** @type {typeof import("./en.js").en} */
export const hi = ({
  chips,
  chipsExact,
  dateTime,
  exactMultiplier,
  fixed,
  multiplier,
  number,
  percent,
  signed,
  time,
}) => {
  /** Hindi has the singular for 0 and 1. @param {number} n @param {string} one @param {string} many */
  const choose = (n, one, many) => (n === 0 || n === 1 ? one : many);

  /** Many nouns are the same in both numbers: `2 राउंड`. @param {number} n @param {string} one @param {string} many */
  const count = (n, one, many = one) => `${number(n)} ${choose(n, one, many)}`;

  /** The verb or adjective that agrees with an amount of chips. @param {number} cents @param {string} one @param {string} many */
  const agreed = (cents, one, many) => (cents === 100 ? one : many);

  /** `1 चिप`, `12.5 चिप्स`. @param {number} cents */
  const inChips = (cents) => `${chips(cents)} ${agreed(cents, "चिप", "चिप्स")}`;

  /** @param {string} number */
  const seconds = (number) => `${number} से॰`;

  /** `3.4 से॰`, `3 मिनट`. @param {number} ms */
  const span = (ms) => {
    if (ms < 60_000) return seconds(fixed(Math.max(0, ms) / 1000, 1));
    if (ms < 3_600_000) return `${number(Math.round(ms / 60_000))} मिनट`;
    if (ms < 86_400_000)
      return `${number(Math.round(ms / 3_600_000))} ${choose(Math.round(ms / 3_600_000), "घंटा", "घंटे")}`;
    return `${number(Math.round(ms / 86_400_000))} दिन`;
  };

  const shell = {
    yes: "हाँ",
    no: "नहीं",
    plainNot: (/** @type {string} */ name) => `${name} नहीं`,
    name: "Croupier",
    skip: "सीधे मुख्य भाग पर जाएँ",
    loading: "लोड हो रहा है…",
    retry: "दोबारा कोशिश करें",
    cancel: "रद्द करें",
    save: "सेव करें",
    saved: "सेव हो गया",
    close: "बंद करें",
    optional: "ज़रूरी नहीं",
    more: "और दिखाएँ",
    all: "सभी",

    bar: {
      label: "मुख्य",
      lobby: "रूम",
      wallet: "वॉलेट",
      available: "उपलब्ध",
      held: (/** @type {number} */ cents) => `${chips(cents)} दाँव पर`,
      heldTitle: "उन राउंड में लगे चिप्स जो अभी खत्म नहीं हुए",
      signIn: "साइन इन करें",
      signUp: "साइन अप करें",
      account: "अकाउंट",
      profile: "प्रोफ़ाइल",
      bets: "दाँव",
      sessions: "सेशन",
      limits: "सीमाएँ",
      signOut: "साइन आउट करें",
      theme: "थीम",
      language: "भाषा",
      settings: "भाषा, थीम और आवाज़ें",
      themes: { system: "सिस्टम", dark: "डार्क", light: "लाइट" },
      menu: (/** @type {string} */ name) => `${name} का अकाउंट मेन्यू`,
      sounds: "आवाज़ें और वाइब्रेशन",
      notify: "बैकग्राउंड में सूचना दें: मेरी बारी, दाँव बंद होने वाले हैं, चुनौती मंज़ूर हुई",
      notifyRefused: "आपका ब्राउज़र इस साइट की सूचनाएँ नहीं दिखाने देता। इसे ब्राउज़र की सेटिंग में बदला जा सकता है।",
    },

    openRounds: {
      title: "खुले राउंड",
      count: (/** @type {number} */ n) => `${count(n, "राउंड")} ${choose(n, "खुला", "खुले")}`,
      none: "आपने जिन राउंड में दाँव लगाया था, वे सब खत्म हो गए हैं।",
      resume: (/** @type {string} */ game, /** @type {number | null} */ cents) =>
        cents === null ? `${game}: जारी रखें` : `${game}, ${inChips(cents)}: जारी रखें`,
    },

    connection: {
      online: "कनेक्ट है",
      connecting: "कनेक्ट हो रहा है…",
      offline: "कनेक्शन नहीं है। फिर से कनेक्ट हो रहा है…",
      signed_out: "साइन आउट",
      bar: "कनेक्शन टूट गया। आपके चालू दाँव खेल में बने हुए हैं। फिर से कनेक्ट हो रहा है…",
      /** Why the server ended or refused the connection. @type {Record<string, string>} */
      why: {
        going_away: "सर्वर फिर से शुरू हो रहा है। आपके चालू दाँव खेल में बने हुए हैं। यह पेज अपने-आप फिर से कनेक्ट हो जाएगा।",
        too_many_connections:
          "आपका अकाउंट बहुत सारे टैब और डिवाइस पर खुला है। जिसकी ज़रूरत न हो, उसे बंद करें। फिर यह पेज अपने-आप कनेक्ट हो " +
          "जाएगा। आपके चालू दाँव खेल में बने हुए हैं।",
        full:
          "सर्वर पर, या उस पर आपके नेटवर्क के हिस्से में, जगह नहीं है। इस साइट के दूसरे टैब बंद करें या इंतज़ार करें। यह पेज अपने-आप " +
          "दोबारा कोशिश करेगा। आपके चालू दाँव खेल में बने हुए हैं।",
        too_slow:
          "आपका नेटवर्क बहुत धीमा था, इसलिए सर्वर ने कनेक्शन बंद कर दिया। आपके चालू दाँव खेल में बने हुए हैं। फिर से कनेक्ट हो रहा है…",
        too_many_messages:
          "इस पेज ने सर्वर की सीमा से ज़्यादा मैसेज भेजे, इसलिए सर्वर ने कनेक्शन बंद कर दिया। आपके चालू दाँव खेल में बने हुए हैं। " +
          "फिर से कनेक्ट हो रहा है…",
      },
      now: "अभी कोशिश करें",
      back: "फिर से कनेक्ट हो गया",
    },

    voidBets: {
      told: (/** @type {number} */ bets, /** @type {number} */ cents) =>
        bets === 1
          ? `आपने जिस राउंड में दाँव लगाया था, वह पूरा नहीं हो सका। आपका ${inChips(cents)} का दाँव लौटा दिया गया।`
          : `आपने जिन राउंड में दाँव लगाए थे, वे पूरे नहीं हो सके। आपके कुल ${inChips(cents)} के दाँव लौटा दिए गए।`,
      gotIt: "ठीक है",
    },

    announcement: {
      label: "सूचना",
      spoken: (/** @type {string} */ text) => `सूचना: ${text}`,
    },

    signedOut: {
      signed_out: "आपने साइन आउट किया।",
      signed_out_elsewhere: "आपने किसी दूसरे डिवाइस से इस डिवाइस को साइन आउट किया।",
      too_many_devices: "आप यहाँ से साइन आउट हो गए हैं, क्योंकि आपका अकाउंट बहुत सारे डिवाइस पर साइन इन है।",
      password_changed: "पासवर्ड बदलने की वजह से आप साइन आउट हो गए हैं। नए पासवर्ड से साइन इन करें।",
      account_disabled: "यह अकाउंट बंद कर दिया गया है। अगर आपको यह गलती लगती है, तो ऑपरेटर से पूछें।",
      token_expired: "आपके सेशन का समय पूरा हो गया। खेलते रहने के लिए फिर से साइन इन करें।",
      token_invalid: "आप अब साइन इन नहीं हैं। खेलते रहने के लिए फिर से साइन इन करें।",
      watch: "सिर्फ़ देखें",
    },

    demo: {
      label: "इस डेमो के बारे में",
      note: "यह एक डेमो है: कुछ खिलाड़ी बॉट हैं, और सब कुछ रीसेट किया जा सकता है।",
      mail: "डेमो के ई-मेल पढ़ें",
    },

    lobby: {
      title: "रूम",
      lead: "चिप्स सिर्फ़ खेल के, संभावनाएँ असली। हर राउंड को बाद में खुद जाँचें।",
      live: "चालू रूम",
      solo: "अकेले खेलें",
      quickSeat: "अभी खेलें",
      quickWatch: "अभी देखें",
      /** @param {string} game @param {number} players */
      quickRoom: (game, players) => (players > 0 ? `${game} · ${count(players, "खिलाड़ी")}` : game),
      players: (/** @type {number} */ n) => count(n, "खिलाड़ी"),
      /** The first three players by name. @param {string[]} names */
      people: (names) => names.slice(0, 3).join(", ") + (names.length > 3 ? ` और ${number(names.length - 3)} अन्य` : ""),
      atStake: (/** @type {number} */ cents) => `${inChips(cents)} दाँव पर`,
      watching: (/** @type {number} */ n) => count(n, "दर्शक"),
      play: "खेलें",
      watch: "देखें",
      rules: "नियम",
      recent: "पिछले नतीजे, नए पहले",
      noResults: "अभी कोई नतीजा नहीं",
      empty: "अभी कोई रूम खुला नहीं है।",
      emptyNext: "सर्वर तैयार होते ही रूम खुलेंगे। यह पेज हर कुछ सेकंड में देखता रहता है।",
      invite: "जितनी देर चाहें, देखें। खेलने के लिए साइन अप करें: यह मुफ़्त है, और शुरुआत के लिए चिप्स मिलते हैं।",
      phases: /** @type {Record<string, string>} */ ({
        betting: "दाँव खुले हैं",
        running: "चल रहा है",
        ended: "राउंड खत्म",
        paused: "रुका हुआ",
        void: "राउंड रद्द, दाँव वापस",
        hidden: "प्राइवेट",
      }),
      closesIn: (/** @type {string} */ span) => `दाँव बंद होने में ${span}`,
      soloSignIn: "खेलने के लिए साइन इन करें",
    },

    form: {
      email: "name@example.org जैसा ई-मेल पता लिखें।",
      tooShort: (/** @type {number} */ least) => `कम से कम ${count(least, "अक्षर")} लिखें।`,
      required: "इसे भरना ज़रूरी है।",
      failed: "कुछ गड़बड़ हो गई।",
      showPassword: "पासवर्ड दिखाएँ",
      hidePassword: "पासवर्ड छिपाएँ",
      left: (/** @type {number} */ n) => `${count(n, "अक्षर")} बाकी`,
      full: (/** @type {number} */ most) => `ज़्यादा से ज़्यादा ${count(most, "अक्षर")}। इससे आगे नहीं लिखा जा सकता।`,
      /** @param {string} least @param {string} most */
      dateBetween: (least, most) =>
        least && most
          ? `${least} से ${most} तक की तारीख लिखें।`
          : least
            ? `${least} या उसके बाद की तारीख लिखें।`
            : `${most} या उससे पहले की तारीख लिखें।`,
      dateIncomplete: "दिन, महीना और साल लिखें, या खाली छोड़ दें।",
      readAs: (/** @type {string} */ read, /** @type {string | null} */ other, /** @type {string} */ unit) => {
        const amount = (/** @type {string} */ number) =>
          unit === "chips" ? `${number} ${number === "1" ? "चिप" : "चिप्स"}` : `${number}${unit}`;
        return `इसे ${amount(read)} समझा गया।${other === null ? "" : ` ${amount(other)} के लिए ${other} लिखें।`}`;
      },
    },

    fields: {
      roll_number: "रोल नंबर",
      email: "ई-मेल",
      username: "यूज़रनेम",
      full_name: "पूरा नाम",
      password: "पासवर्ड",
      current_password: "मौजूदा पासवर्ड",
      new_password: "नया पासवर्ड",
      identifier: "ई-मेल, यूज़रनेम या रोल नंबर",
      bio: "परिचय",
      avatar_url: "फ़ोटो (URL)",
      location: "जगह",
      dob: "जन्मतिथि",
      client_seed: "क्लाइंट सीड",
    },

    signUp: {
      title: "साइन अप",
      lead: "यह मुफ़्त है। हम आपको एक लिंक भेजेंगे; वहाँ पासवर्ड चुनें, और आपके पहले चिप्स आपके हो जाएँगे।",
      submit: "अकाउंट बनाएँ",
      usernameHint: "3 से 20 अंग्रेज़ी अक्षर, अंक, _ या - लिखें। यह सबको दिखता है।",
      rollHint: "यह सिर्फ़ आपको दिखता है। इससे साइन इन भी किया जा सकता है।",
      passwordHint: "कम से कम 8 अक्षर। आपस में बेमेल कुछ शब्द याद रखने में आसान और अंदाज़ा लगाने में मुश्किल होते हैं।",
      strength: ["बहुत कमज़ोर", "कमज़ोर", "और बेहतर हो सकता है", "अच्छा", "बहुत अच्छा"],
      strengthLabel: "पासवर्ड की मज़बूती",
      have: "पहले से अकाउंट है?",
      doneTitle: "अपना ई-मेल देखें",
      done: (/** @type {string} */ email) => `हमने ${email} पर एक लिंक भेजा है। उसे 48 घंटे के अंदर खोलें और वहाँ अपना पासवर्ड चुनें।`,
      again: "ई-मेल दोबारा भेजें",
      sentAgain: "अगर इस पते की पुष्टि बाकी है, तो हमने नया ई-मेल भेज दिया है।",
    },

    signIn: {
      title: "साइन इन",
      submit: "साइन इन करें",
      forgot: "पासवर्ड भूल गए?",
      none: "अभी तक अकाउंट नहीं है?",
      unverified: "आपके ई-मेल पते की पुष्टि अभी नहीं हुई है। हमारे ई-मेल में दिया लिंक खोलें, या नया लिंक मँगाएँ:",
      locked: (/** @type {string} */ span) =>
        `कई बार गलत पासवर्ड डाला गया। ${span} बाद दोबारा कोशिश करें, या पासवर्ड रीसेट करें।`,
      welcome: (/** @type {string} */ name) => `${name} के रूप में साइन इन हो गया`,
    },

    verify: {
      title: "अपने पते की पुष्टि करें",
      /** @param {string | null} name */
      lead: (name) => `${name ? `अकाउंट ${name}` : "अपना अकाउंट"} चालू करने के लिए अपने ई-मेल पते की पुष्टि करें।`,
      /** @param {string | null} name */
      choose: (name) => `${name ? `अकाउंट ${name}` : "अपना अकाउंट"} चालू करने के लिए पासवर्ड चुनें।`,
      passwordHint: "वही जो आपने साइन अप करते समय चुना था।",
      set: "नया पासवर्ड चुनें",
      known: "मुझे पासवर्ड पता है",
      submit: "पते की पुष्टि करें",
      wrong: "यह इस साइन अप का पासवर्ड नहीं है। दोबारा कोशिश करें, या नया पासवर्ड चुनें।",
      notYou: "अगर आपने साइन अप नहीं किया, तो किसी और ने आपका पता लिखा है। यह पेज बंद कर दें; कोई अकाउंट नहीं खुलेगा।",
      /** @param {string} name */
      done: (name) => `अकाउंट ${name} चालू हो गया है, और आपके पहले चिप्स आपके वॉलेट में हैं।`,
      taken: "इस पते या रोल नंबर वाला अकाउंट पहले से चालू है। साइन इन करें, या पासवर्ड रीसेट करें।",
      nameTaken: "इस बीच यह यूज़रनेम किसी और खिलाड़ी ने ले लिया। दूसरे यूज़रनेम से फिर साइन अप करें।",
      bad:
        "यह लिंक अधूरा है, पुराना हो चुका है या पहले इस्तेमाल हो चुका है। लिंक 48 घंटे के अंदर, एक बार काम करता है। " +
        "अगर आप इसे इस्तेमाल कर चुके हैं, तो साइन इन करें।",
      again: "फिर से साइन अप करें",
      noToken: "ई-मेल वाला कोड नहीं मिला। ई-मेल का लिंक फिर से खोलें, या उसे पूरा कॉपी करें।",
    },

    join: {
      title: "रूम में शामिल हों",
      lead: "रूम के होस्ट ने जो कोड दिया है, उसे लिखें।",
      code: "रूम कोड",
      hint: "छह अक्षर और अंक, या किसी पब्लिक रूम का नाम",
      submit: "शामिल हों",
      unknown: "इस कोड वाला कोई रूम खुला नहीं है। कोड जाँचें, या होस्ट से नया कोड माँगें।",
    },

    screen: {
      title: "रूम की स्क्रीन",
      join: "कैसे शामिल हों",
      joinAt: (/** @type {string} */ address) => `स्कैन करें, या ${address} पर जाकर यह कोड लिखें`,
      players: (/** @type {number} */ n) => count(n, "खिलाड़ी"),
      nobody: "अभी कोई सीट पर नहीं है",
      more: (/** @type {number} */ n) => `और ${number(n)} अन्य`,
      hidden:
        "यह रूम बंद है, मौजूद नहीं है, या सिर्फ़ न्योते से खुलता है। इसके होस्ट रूम से स्क्रीन खोल सकते हैं: " +
        "“QR कोड”, फिर “बड़ी स्क्रीन पर दिखाएँ”।",
    },

    going: {
      invited: (/** @type {string} */ game) =>
        `आपको ${game} के एक रूम का न्योता मिला है। इसके ठीक बाद आपको वहाँ ले जाया जाएगा।`,
      room: (/** @type {string} */ game) => `इसके ठीक बाद आपको वापस ${game} पर ले जाया जाएगा।`,
    },

    forgot: {
      title: "पासवर्ड भूल गए?",
      lead: "अपना ई-मेल पता लिखें। अगर उससे कोई अकाउंट जुड़ा है, तो हम नया पासवर्ड चुनने का लिंक भेजेंगे।",
      submit: "लिंक भेजें",
      done: "अगर इस पते से कोई अकाउंट जुड़ा है, तो हमने उस पर लिंक भेज दिया है। लिंक एक घंटे तक काम करेगा।",
    },

    reset: {
      title: "नया पासवर्ड चुनें",
      submit: "पासवर्ड सेट करें",
      done: "आपका पासवर्ड बदल दिया गया है।",
      bad: "यह लिंक पुराना हो चुका है या पहले इस्तेमाल हो चुका है। नया लिंक मँगाएँ।",
      askNew: "नया लिंक मँगाएँ",
    },

    account: {
      title: "आपका अकाउंट",
      nav: "अकाउंट के पेज",
      needed: "यह पेज देखने के लिए साइन इन करें।",
      profile: "प्रोफ़ाइल",
      profileLead: "दूसरों को आपका यूज़रनेम, परिचय, फ़ोटो और जगह दिखती है। ई-मेल, नाम, रोल नंबर और जन्मतिथि सिर्फ़ आपको दिखते हैं।",
      publicPage: "पब्लिक प्रोफ़ाइल देखें",
      avatarHint: "https:// या http:// से शुरू होने वाला URL",
      usernameHint: "जब तक आपका कोई दाँव चालू है, इसे नहीं बदला जा सकता।",
      password: "पासवर्ड",
      changePassword: "पासवर्ड बदलें",
      passwordChanged: "आपका पासवर्ड बदल दिया गया है।",
      seed: "क्लाइंट सीड",
      seedFresh:
        "यह ड्रॉ में आपका हिस्सा है। यह ब्राउज़र हर राउंड के लिए नया सीड बनाता है, और तब बनाता है जब सर्वर अपना सीड तय कर चुका हो; " +
        "इसलिए सर्वर अपना सीड आपके सीड के हिसाब से नहीं चुन सकता। कहीं और से लगाए गए जिन दाँवों में सीड नहीं बताया जाता, वे नीचे वाला " +
        "सीड लेते हैं; पोकर टेबल पर बने रहने वाले स्टैक भी।",
      seedFixed:
        "आपने अपना सीड तय कर दिया है: यह ब्राउज़र हर दाँव के साथ नीचे वाला सीड भेजता है। सर्वर अपना सीड चुनने से पहले इसे जानता है।",
      seedHint: "1 से 64 अंग्रेज़ी अक्षर, अंक, _ या - लिखें। यह हर उस राउंड में लागू होता है जिसमें आपने अभी दाँव नहीं लगाया है।",
      seedSave: "हमेशा यही सीड इस्तेमाल करें",
      seedRandom: "रैंडम सीड",
      seedRelease: "हर राउंड में नया सीड इस्तेमाल करें",
      seedSaved: "अब से आपके दाँव यही सीड इस्तेमाल करेंगे।",
      seedReleased: "यह ब्राउज़र हर राउंड के लिए नया सीड बनाता है।",
      delete: "अकाउंट मिटाएँ",
      deleteLead: "इससे आपकी प्रोफ़ाइल, चिप्स, दाँव और इतिहास हमेशा के लिए मिट जाते हैं। राउंड बने रहते हैं, आपके नाम के बिना।",
      deleteConfirm: "हमेशा के लिए मिटाएँ",
      deleted: "आपका अकाउंट मिटा दिया गया है।",
      memberSince: (/** @type {string} */ day) => `${day} से सदस्य`,
    },

    signIns: {
      name: (/** @type {string} */ browser, /** @type {string} */ system) => `${system} पर ${browser}`,
      title: "डिवाइस",
      lead: "आपका अकाउंट इन डिवाइस और प्रोग्राम पर साइन इन है। पासवर्ड बदलने से बाकी सब साइन आउट हो जाते हैं।",
      current: "यह डिवाइस",
      unnamed: "बिना नाम का डिवाइस",
      used: (/** @type {string} */ when) => `पिछला इस्तेमाल: ${when}`,
      end: "साइन आउट करें",
      endLabel: (/** @type {string} */ name) => `${name} को साइन आउट करें`,
      ended: "डिवाइस साइन आउट हो गया है।",
      endOthers: "बाकी सभी डिवाइस को साइन आउट करें",
      endedOthers: "बाकी सभी डिवाइस साइन आउट हो गए हैं।",
    },

    wallet: {
      title: "वॉलेट",
      balance: "बैलेंस",
      held: "चालू दाँवों में लगे",
      available: "उपलब्ध",
      bonus: "रोज़ का बोनस लें",
      bonusTerms: (/** @type {number} */ amount, /** @type {number} */ below) =>
        `रोज़ का बोनस: ${inChips(amount)}, दिन में एक बार, जब आपका बैलेंस ${inChips(below)} से कम हो।`,
      bonusDone: (/** @type {number} */ cents) => `आपको ${inChips(cents)} ${agreed(cents, "मिला", "मिले")}।`,
      bonusLater: (/** @type {string} */ when) => `अगला बोनस ${when} के बाद मिल सकता है।`,
      history: "इतिहास",
      chart: "पिछले लेन-देन में बैलेंस",
      chartText: (
        /** @type {string} */ from,
        /** @type {string} */ to,
        /** @type {string} */ low,
        /** @type {string} */ high,
      ) => `${from} से ${to} तक; सबसे कम ${low} और सबसे ज़्यादा ${high} रहा।`,
      csv: "CSV डाउनलोड करें",
      when: "कब",
      what: "क्या",
      amount: "रकम",
      after: "इसके बाद बैलेंस",
      empty: "अभी कोई लेन-देन नहीं।",
      emptyNext: "आपके बैलेंस का हर बदलाव यहाँ दिखेगा। अपना पहला दाँव लगाएँ।",
      emptyFilter: "इन फ़िल्टर से कुछ मेल नहीं खाता।",
      clear: "फ़िल्टर हटाएँ",
      categories: /** @type {Record<string, string>} */ ({
        bet: "दाँव",
        win: "पेआउट",
        refund: "दाँव वापस",
        "top-up": "टॉप-अप",
        "sign-up": "स्वागत के चिप्स",
        "daily-bonus": "रोज़ का बोनस",
      }),
    },

    filters: {
      label: "फ़िल्टर",
      category: "प्रकार",
      game: "गेम",
      from: "इस दिन से",
      to: "इस दिन तक",
      badDay: "1970 से 9999 के बीच का साल लिखें।",
    },

    hands: {
      formats: { phh: "PHH", text: "टेक्स्ट" },
      save: (/** @type {string} */ round, /** @type {string} */ format) => `${round} को ${format} में सेव करें`,
    },

    bets: {
      title: "आपके दाँव",
      round: "राउंड",
      stake: "दाँव",
      result: "परिणाम",
      payout: "पेआउट",
      empty: "अभी कोई दाँव नहीं।",
      emptyNext: "कोई रूम चुनें और अपना पहला दाँव लगाएँ।",
      results: /** @type {Record<string, string>} */ ({
        win: "जीत",
        loss: "हार",
        cashout: "कैश आउट",
        push: "दाँव वापस",
        void: "रद्द",
        refund: "दाँव वापस",
      }),
    },

    sessions: {
      title: "आपके सेशन",
      lead: "एक सेशन यानी किसी रूम में सीट लेने से उसे छोड़ने तक का समय।",
      number: "सेशन",
      room: "रूम",
      from: "कब से",
      until: "कब तक",
      live: "चालू",
      empty: "अभी कोई सेशन नहीं।",
      emptyNext: "कोई रूम चुनें और सीट लें।",
    },

    limits: {
      title: "सीमाएँ और ब्रेक",
      lead: "अपने खेल की सीमा खुद तय करें। सीमा घटाने पर तुरंत लागू होती है, बढ़ाने पर एक दिन बाद।",
      stake: "सबसे बड़ा दाँव",
      stakeHint: "चिप्स में: एक राउंड में आप नया जो कुछ लगाएँ, वह सब मिलाकर। अपनी कोई सीमा न चाहें, तो खाली छोड़ दें।",
      loss: "एक दिन का सबसे बड़ा नुकसान",
      lossHint:
        "चिप्स में। जिन दाँवों से नुकसान इससे ज़्यादा हो सकता है, वे नहीं लगेंगे। दिन आधी रात (UTC) को खत्म होता है। सीमा न चाहें, तो " +
        "खाली छोड़ दें।",
      break: "इस दिन तक ब्रेक लें",
      breakHint: "उस दिन से पहले दाँव नहीं लगाए जा सकते, और ब्रेक जल्दी खत्म नहीं किया जा सकता।",
      save: "सीमाएँ तय करें",
      pending: (/** @type {string} */ when) => `बढ़ाई गई सीमा अभी लागू नहीं हुई है। वह ${when} से लागू होगी।`,
      notAnAmount: "25 या 12.50 जैसी रकम चिप्स में लिखें।",
    },

    user: {
      missing: "इस नाम का कोई खिलाड़ी नहीं है।",
      picture: "फ़ोटो (बाहरी साइट)",
      edit: "अपनी प्रोफ़ाइल बदलें",
      noBio: "अभी कोई परिचय नहीं।",
    },

    game: {
      missing: "यह गेम मौजूद नहीं है।",
      rules: "नियम",
      limits: "दाँव",
      stakes: (/** @type {number} */ min, /** @type {number} */ max) => `${chips(min)} से ${inChips(max)} तक`,
      rtp: "खिलाड़ी को वापसी",
      largest: "सबसे बड़ा पेआउट",
      times: (/** @type {string} */ n) => `दाँव का ${n} गुना`,
      toRoom: "रूम में जाएँ",
      openRoom: "प्राइवेट रूम खोलें",
      alone: "खेलें",
    },

    session: { missing: "यह सेशन खत्म हो चुका है या कभी था ही नहीं।" },

    notFound: { title: "पेज नहीं मिला", lead: "इस पते पर कोई पेज नहीं है।", next: "रूम देखें" },
    broken: {
      title: "कुछ गड़बड़ हो गई",
      lead: "यह पेज लोड नहीं हो सका। दोबारा कोशिश करें। अगर फिर भी न हो, तो ऑपरेटर को बताएँ।",
      next: "फिर से लोड करें",
    },
    /** The page of the service worker. */
    offline: {
      title: "कनेक्शन नहीं है",
      lead: "Croupier तक पहुँच नहीं हो रही। आपके चालू दाँव खेल में बने हुए हैं: राउंड सर्वर पर खत्म होते हैं, आप हों या न हों।",
      again: "दोबारा कोशिश करें",
    },
    update: {
      ready: "Croupier का नया वर्शन आ गया है।",
      needed: "सर्वर पर Croupier का नया वर्शन है। खेलते रहने के लिए फिर से लोड करें।",
      reload: "फिर से लोड करें",
    },
  };

  /**
   * Each error code of HTTP and WebSocket, explained to a player: what it means and what to do.
   * @type {Record<string, string>}
   */
  const errors = {
    offline: "आप ऑफ़लाइन हैं। थोड़ी देर में दोबारा कोशिश करें।",
    disconnected: "सर्वर का जवाब आने से पहले कनेक्शन टूट गया। दोबारा कोशिश करें।",
    timeout: "सर्वर ने समय पर जवाब नहीं दिया। दोबारा कोशिश करें।",
    invalid_credentials: "कोई अकाउंट मेल नहीं खाता। दोनों फ़ील्ड जाँचें।",
    email_not_verified: "आपके ई-मेल पते की पुष्टि अभी नहीं हुई है।",
    account_inactive: "यह अकाउंट बंद कर दिया गया है। अगर आपको यह गलती लगती है, तो ऑपरेटर से पूछें।",
    account_locked: "कई बार गलत पासवर्ड डाला गया। थोड़ी देर रुकें, या पासवर्ड रीसेट करें।",
    rate_limited: "बहुत ज़्यादा अनुरोध आए। थोड़ा रुककर दोबारा कोशिश करें।",
    already_registered: "इस पते या रोल नंबर वाला अकाउंट पहले से चालू है। साइन इन करें।",
    username_taken: "यह यूज़रनेम लिया जा चुका है। दूसरा चुनें।",
    bets_live: "आपका एक दाँव चालू है। उसका राउंड खत्म होने पर दोबारा कोशिश करें।",
    validation_failed: "निशान लगे फ़ील्ड जाँचें।",
    bad_request: "यह नहीं हो सका। जो भरा या चुना है, उसे जाँचें।",
    not_found: "नहीं मिला।",
    no_such_room: "यह रूम बंद है या कभी था ही नहीं।",
    token_missing: "पहले साइन इन करें।",
    token_invalid: "आप अब साइन इन नहीं हैं। फिर से साइन इन करें।",
    token_expired: "आपके सेशन का समय पूरा हो गया। फिर से साइन इन करें।",
    not_signed_in: "खेलने के लिए साइन इन करें।",
    not_seated: "पहले सीट लें।",
    invite_needed: "यह रूम सिर्फ़ न्योते से खुलता है। इसके होस्ट से लिंक माँगें।",
    room_full: "सारी सीटें भरी हैं। देखें, या थोड़ी देर में दोबारा कोशिश करें।",
    betting_closed: "दाँव बंद हैं। अगले राउंड में दाँव लगाएँ।",
    key_conflict: "इसी पहचान से एक अलग दाँव भेजा जा चुका है। दाँव फिर से लगाएँ।",
    insufficient_funds: "आपके पास चिप्स कम हैं। दाँव घटाएँ।",
    limit_exceeded: "यह सीमा से ज़्यादा है। दाँव घटाएँ।",
    stack_too_small: "थोड़ी देर पहले आपने यह टेबल ज़्यादा चिप्स के साथ छोड़ी थी। कम से कम उतने ही लाएँ।",
    self_excluded: "आप ब्रेक पर हैं। दाँव ब्रेक खत्म होने के बाद ही लगाए जा सकते हैं।",
    muted: "ऑपरेटर ने आपकी चैट बंद कर दी है।",
    not_your_turn: "अभी किसी और खिलाड़ी की बारी है।",
    illegal_action: "नियम अभी इसकी इजाज़त नहीं देते।",
    paused: "रूम रुका हुआ है और अपने-आप फिर शुरू होगा। आपके दाँव सुरक्षित हैं।",
    unavailable: "सर्वर अभी यह नहीं कर सकता। थोड़ी देर में दोबारा कोशिश करें।",
    internal_error: "सर्वर में गड़बड़ हुई। दोबारा कोशिश करें। अगर फिर भी न हो, तो ऑपरेटर को बताएँ।",
  };

  /** The ranks, with “का” or “की” by their gender. @type {Record<string, string>} */
  const ranks = {
    2: "की दुक्की",
    3: "की तिक्की",
    4: "का चौका",
    5: "का पंजा",
    6: "का छक्का",
    7: "का सत्ता",
    8: "का अट्ठा",
    9: "का नहला",
    T: "का दहला",
    J: "का गुलाम",
    Q: "की बेगम",
    K: "का बादशाह",
    A: "का इक्का",
  };

  /** @type {Record<string, string>} */
  const suitNames = { D: "ईंट", H: "पान", S: "हुकुम", C: "चिड़ी" };

  const cards = {
    /** `SA` → “हुकुम का इक्का”. @param {string} card */
    name: (card) => `${suitNames[card[0]]} ${ranks[card[1]]}`,
    faceDown: "उल्टा कार्ड",
    empty: (/** @type {number} */ seat) => `सीट ${seat + 1}, खाली`,
    you: "आप",
    away: "दूर",
    seconds: (/** @type {number} */ n) => `${n} से॰`,
  };

  /** Labels of game options. Other options are labelled by their names. @type {Record<string, string>} */
  const optionLabels = {
    rake: "रेक",
    rake_cap: "हर हैंड का सबसे ज़्यादा रेक",
    small_blind: "स्मॉल ब्लाइंड",
    big_blind: "बिग ब्लाइंड",
    min_buy_in: "सबसे छोटा बाय-इन",
    max_buy_in: "सबसे बड़ा बाय-इन",
    max_payout: "सबसे बड़ा पेआउट",
    betting_ms: "दाँव लगाने का समय",
    insurance_ms: "इंश्योरेंस का समय",
    turn_ms: "हर बारी का समय",
    time_bank_ms: "टाइम बैंक",
    between_ms: "दो हैंड के बीच का समय",
    show_ms: "कार्ड दिखाने का समय",
    spin_ms: "चक्कर का समय",
    seed_delay_hours: "सर्वर सीड ज़ाहिर करने में देरी, घंटे",
  };

  const privateRooms = {
    // ---- in the lobby ----
    title: "प्राइवेट रूम",
    lead: "ये रूम खिलाड़ी अपनी शर्तों पर खोलते हैं।",
    open: "रूम खोलें",
    join: "कोड से शामिल हों",
    empty: "अभी कोई प्राइवेट रूम खुला नहीं है।",
    emptyNext: "एक रूम खोलें और दूसरों को बुलाएँ।",
    of: (/** @type {string} */ owner) => `${owner} का रूम`,
    seats: (/** @type {number} */ taken, /** @type {number} */ seats) =>
      `${number(seats)} में से ${count(taken, "सीट", "सीटें")} भरी`,
    sit: "शामिल हों",
    terms: "रूम की शर्तें",
    noInvite: "सिर्फ़ न्योते से",
    watch: /** @type {Record<string, string>} */ ({
      invited: "सिर्फ़ बुलाए गए खिलाड़ी देख सकते हैं",
      nobody: "दर्शक नहीं आ सकते",
    }),
    late: (/** @type {number} */ seconds) => `दर्शकों को ${count(seconds, "सेकंड")} देर से दिखता है`,
    blinds: "ब्लाइंड",
    buyIn: "बाय-इन",
    option: (/** @type {string} */ name) =>
      optionLabels[name] ??
      name
        .replace(/_ms$/, "")
        .replaceAll("_", " ")
        .replace(/^./, (first) => first.toUpperCase()),
    units: /** @type {Record<string, string>} */ ({ chips: "चिप्स", seconds: "सेकंड", percent: "%", plain: "" }),

    // ---- the form ----
    form: {
      lead: "गेम और उसकी शर्तें चुनें। रूम कभी भी बंद किया जा सकता है। खाली होने पर वह अपने-आप बंद हो जाता है।",
      signIn: "रूम खोलने के लिए साइन इन करें।",
      noGames: "यहाँ का कोई गेम प्राइवेट रूम में नहीं खेला जा सकता।",
      game: "गेम",
      terms: "दाँव और नियम",
      timers: "समय",
      people: "लोग",
      seats: "सीटें",
      seatsHint: (/** @type {number} */ least, /** @type {number} */ most) => `${least} से ${number(most)} तक`,
      twoSeats: "इस गेम में दो सीटें हैं।",
      join: "कौन शामिल हो सकता है",
      joins: /** @type {Record<string, string>} */ ({
        anybody: "कोई भी (लॉबी में दिखेगा)",
        invited: "सिर्फ़ बुलाए गए खिलाड़ी (लॉबी में दिखेगा)",
        secret: "सिर्फ़ बुलाए गए खिलाड़ी (लॉबी में नहीं दिखेगा)",
      }),
      watch: "कौन देख सकता है",
      watches: /** @type {Record<string, string>} */ ({
        everybody: "कोई भी",
        invited: "सिर्फ़ बुलाए गए खिलाड़ी",
        nobody: "सिर्फ़ सीट वाले खिलाड़ी",
      }),
      delay: "दर्शकों के लिए देरी",
      delayHint: (/** @type {number} */ most) => `0 से ${most} तक। देरी होने पर दर्शक खिलाड़ियों की मदद नहीं कर पाते।`,
      notHere: "सर्वर इसकी इजाज़त नहीं देता।",
      submit: "रूम खोलें",
      between: (/** @type {string} */ least, /** @type {string} */ most) => `${least} से ${most} तक`,
      bad: (/** @type {string} */ least, /** @type {string} */ most) => `${least} से ${most} के बीच की संख्या लिखें।`,
      tooMany: "अब और रूम नहीं खोले जा सकते। पहले अपना कोई रूम बंद करें।",
    },

    // ---- in the room ----
    room: {
      whose: (/** @type {string} */ owner) => `${owner} का प्राइवेट रूम`,
      yours: "आपका प्राइवेट रूम",
      seats: (/** @type {number} */ seats) => count(seats, "सीट", "सीटें"),
      unlisted: "लॉबी में नहीं दिखता",
      invitedOnly: "सिर्फ़ न्योते से",
      late: (/** @type {number} */ seconds) =>
        `आपको यह रूम ${count(seconds, "सेकंड")} देर से दिखता है, क्योंकि आपके पास सीट नहीं है।`,
      invite: "न्योता कॉपी करें",
      inviteBySheet: "न्योता शेयर करें",
      /** @param {string} place */
      byCode: (place) => `या उनसे कहें कि ${place} खोलकर यह कोड लिखें:`,
      code: "कोड",
      invited: "न्योता कॉपी हो गया",
      share: "जिन्हें बुलाना है, उन्हें यह लिंक भेजें।",
      close: "रूम बंद करें",
      closeSure: "रूम सबके लिए बंद कर दें? मौजूदा राउंड पहले पूरा होगा।",
      closeYes: "बंद करें",
      closeNo: "खुला रखें",
      closing: "मौजूदा राउंड खत्म होते ही रूम बंद हो जाएगा।",
      hidden: "यह रूम बंद है, मौजूद नहीं है, या सिर्फ़ न्योते से खुलता है। अगर आपको न्योता मिला है, तो मिला हुआ पूरा लिंक खोलें।",
      hiddenSignIn:
        "यह रूम बंद है, मौजूद नहीं है, या सिर्फ़ न्योते से खुलता है। अगर आपको न्योता मिला है, तो मिला हुआ पूरा लिंक खोलें या साइन इन करें।",
      wrongInvite: "इस लिंक का न्योता गलत या अधूरा है। मिला हुआ पूरा लिंक खोलें।",
    },
  };

  /** Why a room pauses. @type {Record<string, string>} */
  const pausedReasons = {
    game: "रूम रुका हुआ है: इसके गेम में कोई खराबी है। आपके दाँव सुरक्षित हैं। यह अपने-आप दोबारा कोशिश करेगा।",
    database: "रूम रुका हुआ है: डेटाबेस अभी उपलब्ध नहीं है। आपके दाँव सुरक्षित हैं। यह अपने-आप फिर शुरू होगा।",
    redis: "रूम रुका हुआ है: सर्वर एक-दूसरे तक नहीं पहुँच पा रहे। आपके दाँव सुरक्षित हैं। यह अपने-आप फिर शुरू होगा।",
    closing: "होस्ट की ओर से यह रूम बंद हो रहा है। मौजूदा राउंड छोटी बारियों के साथ पूरा खेला जाएगा, और नए दाँव नहीं लिए जाएँगे।",
  };

  /** The results of bets, as the proof page names them. @type {Record<string, string>} */
  const results = {
    win: "जीत",
    loss: "हार",
    cashout: "कैश आउट",
    push: "दाँव वापस",
    void: "रद्द",
    refund: "दाँव वापस",
  };

  const room = {
    // ---- the page ----
    page: {
      back: "सभी रूम देखें",
      sitting: "सीट ली जा रही है…",
      sit: "सीट लें",
      stand: "सीट छोड़ें",
      standHint: "चालू दाँव अपने राउंड के अंत तक बना रहता है।",
      session: (/** @type {string} */ player) => `यहाँ ${player} का खेल चल रहा है। आप दर्शक हैं।`,
      full: "सारी सीटें भरी हैं। आप दर्शक हैं।",
      share: "देखने के लिए बुलाएँ",
      shared: "लिंक कॉपी हो गया।",
      shareFailed: "यह लिंक कॉपी करें:",
      spectators: (/** @type {number} */ n) => count(n, "दर्शक"),
      players: (/** @type {number} */ n) => count(n, "खिलाड़ी"),
      plays: (/** @type {string} */ player, /** @type {string} */ game, /** @type {number} */ cents) =>
        `${player} का खेल: ${game}${cents > 0 ? `, ${inChips(cents)}` : ""}`,
      missed: (/** @type {number} */ rounds, /** @type {number} */ change) =>
        `आपकी गैरमौजूदगी में ${count(rounds, "राउंड")} खत्म ${choose(rounds, "हुआ", "हुए")}। ` +
        (change ? `आपके बैलेंस में ${signed(change)} का बदलाव हुआ।` : "आपका बैलेंस नहीं बदला।"),
      gotIt: "ठीक है",
      intro: (/** @type {string} */ summary) => `${summary} आप दर्शक हैं। देखना मुफ़्त है।`,
      inviteLead: "देखना मुफ़्त है और इसके लिए अकाउंट नहीं चाहिए। खेलने के लिए साइन अप करें: शुरुआत के लिए चिप्स मिलते हैं।",
      invites: (/** @type {string} */ owner, /** @type {string} */ game) =>
        `${owner} की ओर से आपको ${game} खेलने का न्योता है।`,
      signUp: "साइन अप करें",
      signIn: "साइन इन करें",
      rules: "नियम",
      table: "गेम",
      again: "नया रूम खोलें",
    },

    paused: (/** @type {string} */ reason) =>
      pausedReasons[reason] ?? `रूम रुका हुआ है (${reason})। यह अपने-आप फिर शुरू होगा।`,
    closed: "यह रूम बंद हो चुका है।",
    closedRoom: {
      title: "आखिरी नतीजे",
      rounds: (/** @type {number} */ n) => `यहाँ आपके देखे हुए ${count(n, "राउंड")} के`,
    },
    alerts: {
      turn: "आपकी बारी",
      closing: (/** @type {number} */ seconds) => `${count(seconds, "सेकंड")} में दाँव बंद`,
    },
    offline: "कनेक्शन नहीं है। आपके चालू दाँव खेल में बने हुए हैं और नियमों के हिसाब से खत्म होंगे। फिर से कनेक्ट होने पर खेल जारी रखें।",
    connecting: "कनेक्ट हो रहा है…",
    signedOut: "आप साइन आउट हैं। खेलते रहने के लिए फिर से साइन इन करें। आपके चालू दाँव बने हुए हैं।",
    voided: (/** @type {string} */ number) => `राउंड ${number} रद्द हो गया। सारे दाँव लौटा दिए गए।`,

    strip: {
      label: "पिछले राउंड, नए पहले",
      empty: "पिछले राउंड यहाँ दिखेंगे।",
      open: (/** @type {string} */ round, /** @type {string} */ result) => `राउंड ${round}: ${result}। इसका प्रमाण खोलें`,
    },

    fairness: {
      badge: "प्रूवेबली फ़ेयर",
      title: "सर्वर की ओर से नतीजा पहले ही तय है",
      lead:
        "सर्वर ने पहले दाँव से भी पहले अपना गुप्त सीड चुन लिया था। नीचे उस सीड का हैश है। राउंड के बाद सर्वर सीड ज़ाहिर करता है, और कोई भी " +
        "जाँच सकता है कि वह हैश से मेल खाता है और नतीजा उसी से और खिलाड़ियों के सीड से निकलता है।",
      later: (/** @type {number} */ hours) =>
        `इस रूम में सर्वर हैंड के ${count(hours, "घंटे")} बाद सीड ज़ाहिर करता है, ताकि तब तक फ़ोल्ड किए गए कार्ड छिपे रहें।`,
      round: "राउंड",
      hash: "सर्वर सीड का हैश",
      seed: "आपका क्लाइंट सीड",
      seedFresh: "इस राउंड के लिए इसी ब्राउज़र में बना, ऊपर का हैश आने के बाद।",
      seedFixed: "इसे आपने तय किया है: यह हर राउंड में वही रहता है।",
      seedElsewhere: "वही जो आपके पहले दाँव के साथ गिना गया; उसे इस पेज ने नहीं भेजा था। राउंड के प्रमाण में वह दिखता है।",
      seedChange: "इसे बदलें",
      last: (/** @type {string} */ round) => `राउंड ${round} जाँचें`,
      none: "अभी कोई राउंड खुला नहीं है।",
      close: "बंद करें",
    },

    chat: {
      title: "चैट",
      empty: "अभी कोई मैसेज नहीं। नमस्ते कहें।",
      emptyWatching: "अभी कोई मैसेज नहीं।",
      label: "मैसेज",
      placeholder: "कुछ कहें",
      send: "भेजें",
      watching: "चैट करने के लिए सीट लें।",
    },

    people: {
      title: "दाँव",
      label: "इस राउंड के दाँव, सबसे बड़ा पहले",
      empty: "अभी कोई दाँव नहीं। पहला दाँव लगाएँ।",
      emptyWatching: "इस राउंड में अभी कोई दाँव नहीं।",
      here: "अभी यहाँ",
      you: "आप",
      away: "दूर",
      total: (/** @type {number} */ bets, /** @type {number} */ cents) => `${count(bets, "दाँव")}, ${inChips(cents)}`,
      more: (/** @type {number} */ n) => `और ${count(n, "दाँव")}`,
      lost: "हार",
      recent: "पिछले नतीजे",
      recentEmpty: "आपके नतीजे यहाँ दिखेंगे।",
      recentWatching: "नतीजे यहाँ दिखेंगे।",
      round: "राउंड",
      outcome: "नतीजा",
      stake: "दाँव",
      net: "नेट",
    },

    keys: {
      title: "कीबोर्ड शॉर्टकट",
      open: "शॉर्टकट",
      enter: "दाँव लगाएँ",
      space: "कैश आउट करें",
      help: "यह सूची दिखाएँ या छिपाएँ",
      half: "दाँव आधा करें",
      double: "दाँव दोगुना करें",
      close: "बंद करें",
      names: /** @type {Record<string, string>} */ ({
        Enter: "Enter",
        " ": "Space",
        ArrowLeft: "←",
        ArrowRight: "→",
        ArrowUp: "↑",
        ArrowDown: "↓",
      }),
    },

    // ---- betting ----
    bet: {
      title: "आपका दाँव",
      stake: "दाँव",
      unit: "चिप्स",
      half: "दाँव आधा करें",
      double: "दाँव दोगुना करें",
      min: "सबसे छोटा दाँव",
      max: "सबसे बड़ा मुमकिन दाँव",
      minShort: "मिन",
      maxShort: "मैक्स",
      place: "दाँव लगाएँ",
      placing: "दाँव लग रहा है…",
      another: (/** @type {number} */ n, /** @type {number} */ most) => `${most} में से दाँव ${n} जोड़ें`,
      placed: (/** @type {number} */ cents) => `${inChips(cents)} दाँव पर। राउंड शुरू होने का इंतज़ार`,
      full: "आपके सारे दाँव लग चुके हैं",
      cashing: "कैश आउट हो रहा है…",
      next: "अगले राउंड पर दाँव लगाएँ",
      queued: (/** @type {number} */ cents) => `दाँव खुलते ही ${inChips(cents)}`,
      unqueue: "दाँव रद्द करें",
      notAnAmount: "25 या 12.50 जैसी रकम चिप्स में लिखें।",
      tooSmall: (/** @type {number} */ cents) => `सबसे छोटा दाँव ${inChips(cents)} का है।`,
      tooLarge: (/** @type {number} */ cents) => `सबसे बड़ा दाँव ${inChips(cents)} का है।`,
      ownLimit: (/** @type {number} */ limit, /** @type {number} */ staked) =>
        `आपने अपने लिए हर राउंड में ${inChips(limit)} की सीमा रखी है।` +
        (staked ? ` इस राउंड में ${inChips(staked)} पहले से ${agreed(staked, "लगा है", "लगे हैं")}।` : ""),
      returned: (/** @type {number} */ cents, /** @type {string} */ message) =>
        `${agreed(cents, "आपका", "आपके")} ${inChips(cents)} गेम में नहीं रह ${agreed(cents, "सका", "सके")} और वापस ` +
        `आपके वॉलेट में ${agreed(cents, "है", "हैं")}। ${message}`,
      bringBack: (/** @type {number} */ cents, /** @type {string | number} */ until, /** @type {any} */ left) =>
        `आपने ${inChips(cents)} के साथ टेबल छोड़ी थी: ${time(until)} तक कम से कम उतने ही वापस लाएँ।` +
        (left === null ? "" : ` आपके पास ${inChips(left)} उपलब्ध ${agreed(left, "है", "हैं")}।`),
      tooPoor: (/** @type {number} */ cents) => `आपके पास ${inChips(cents)} उपलब्ध ${agreed(cents, "है", "हैं")}।`,
      rounded: (/** @type {number} */ lowest, /** @type {number} */ highest) => {
        const [least, most] = [percent(lowest), percent(highest)];
        const returns = least === most ? least : `${least} से ${most} तक`;
        return `इस दाँव पर लंबे समय में ${returns} वापस मिलता है: पेआउट चिप के सौवें हिस्से तक घटाकर दिए जाते हैं।`;
      },
      round: (/** @type {string} */ number) => `राउंड ${number}`,
      won: (/** @type {number} */ payout, /** @type {number} */ net) => `पेआउट ${chipsExact(payout)} (${signed(net)})`,
      lost: (/** @type {number} */ net) => `हार (${signed(net)})`,
      even: "दाँव वापस (0.00)",
      bigWin: "बड़ी जीत",
      bigWon: (/** @type {number} */ payout, /** @type {number} */ net) =>
        `बड़ी जीत! पेआउट ${chipsExact(payout)} (${signed(net)})`,
      saidIn: (/** @type {number} */ cents) => `आपका दाँव लग गया: ${inChips(cents)}।`,
      refunded: (/** @type {number} */ cents) => `रद्द: ${inChips(cents)} वापस`,
      mine: "इस राउंड में आपके दाँव",
      yours: "आपका दाँव",
      tooLate: "देर हो गई: राउंड खत्म हो चुका है।",
    },

    /** The announcement of the player’s own result. @param {number} payout @param {number} net @param {boolean} big */
    announced: (payout, net, big) =>
      (big ? "बड़ी जीत! " : "") +
      (payout > 0
        ? `आपको ${inChips(payout)} ${agreed(payout, "मिला", "मिले")}; नेट ${signed(net)} रहा।`
        : `आपने ${inChips(-net)} ${agreed(-net, "गँवाया", "गँवाए")}।`),

    // ---- the end of a bet in a single-player game ----
    ended: {
      word: { win: "जीत", loss: "हार", "": "" },
      won: (/** @type {number} */ payout, /** @type {number} */ net) =>
        `कैश आउट: ${chipsExact(payout)} (${signed(net)})`,
      back: "दाँव वापस",
      over: "राउंड खत्म",
    },

    // ---- a game without a face of its own ----
    plain: {
      last: "पिछला राउंड",
      /** @type {Record<string, string>} */
      phases: {
        betting: "दाँव खुले हैं",
        settling: "राउंड खत्म",
        ended: "राउंड खत्म",
        void: "राउंड रद्द",
      },
      /** @type {Record<string, string>} */
      clocks: { closes_at: "दाँव बंद होने में", until: "बचा समय" },
      clock: (/** @type {string} */ name) => `${name} में बाकी`,
      yourTurn: "आपकी बारी",
      turnOf: (/** @type {string} */ player) => `${player} की बारी`,
      seat: (/** @type {number} */ seat) => `सीट ${seat + 1}`,
      stakes: (/** @type {number} */ least, /** @type {number} */ most) =>
        `दाँव ${inChips(least)} से ${inChips(most)} तक।`,
      fixed: (/** @type {number} */ cents) => `दाँव ${inChips(cents)} का है।`,
      between: (/** @type {string} */ least, /** @type {string} */ most) => `${least} से ${most} तक`,
      atLeast: (/** @type {string} */ least) => `${least} या ज़्यादा`,
      list: "संख्याएँ, कॉमा से अलग",
      placed: (/** @type {number} */ cents) => `${inChips(cents)} दाँव पर`,
      full: "आपका दाँव लग चुका है",
      wait: "अगले राउंड का इंतज़ार करें",
      moves: "चालें",
      chips: "चिप्स",
    },

    // ---- how others get in ----
    ways: {
      open: "QR कोड",
      title: "इस रूम में शामिल हों",
      qr: (/** @type {string} */ address) => `${address} का QR कोड`,
      byCode: (/** @type {string} */ address) => `या ${address} पर जाकर यह कोड लिखें:`,
      screen: "बड़ी स्क्रीन पर दिखाएँ",
      close: "बंद करें",
    },

    // ---- proofs ----
    proof: {
      title: (/** @type {string} */ round) => `राउंड ${round}`,
      loading: "राउंड लोड हो रहा है और उसकी फिर से गणना हो रही है…",
      missing: "इस नाम का कोई राउंड नहीं है।",
      failed: "राउंड लोड नहीं हो सका।",
      open: "यह राउंड अभी खत्म नहीं हुआ है। इसका सीड हिसाब होने पर ज़ाहिर किया जाएगा। नीचे का हैश पहले ही तय है।",
      void: "यह राउंड रद्द हो गया। सारे दाँव लौटा दिए गए, और इसका सीड ज़ाहिर नहीं किया गया।",
      holds: "आपके ब्राउज़र में जाँच पूरी: सब कुछ मेल खाता है।",
      fails: "आपके ब्राउज़र में जाँच हुई: कुछ मेल नहीं खाता।",
      later: (/** @type {string} */ when) =>
        `आपके ब्राउज़र में जाँच हुई: अब तक कुछ गलत नहीं है। सर्वर सीड ${when} को ज़ाहिर होगा, ताकि तब तक फ़ोल्ड किए गए कार्ड छिपे रहें। ` +
        "बाकी जाँच उसके बाद हो सकती है।",
      partly: "आपके ब्राउज़र में जाँच हुई: जो जाँचा जा सका, वह मेल खाता है, लेकिन सब कुछ नहीं जाँचा जा सका।",
      insecure: "यह ब्राउज़र सिर्फ़ https या localhost पर हैश निकाल सकता है। राउंड डाउनलोड करें और उसे “run.py verify” से जाँचें।",
      checks: "क्या-क्या जाँचा गया",
      ok: "सही",
      bad: "गलत",
      unknown: "नहीं जाँचा गया",
      pending: "अभी नहीं",
      seeds: "सीड",
      serverSeed: "सर्वर सीड",
      serverSeedSecret: "राउंड का हिसाब होने तक गुप्त",
      serverSeedLater: (/** @type {string} */ when) => `अभी ज़ाहिर नहीं; ${when} को होगा`,
      hash: "सर्वर सीड का हैश, पहले दाँव से पहले ज़ाहिर किया गया",
      clientSeed: "क्लाइंट सीड, पहले दाँवों के क्रम में",
      noClientSeed: "कोई नहीं: कोई दाँव नहीं था",
      nonce: "नॉन्स, यानी रूम में राउंड का नंबर",
      outcome: "नतीजा",
      bets: "दाँव",
      noBets: "इस राउंड में कोई दाँव नहीं था।",
      bet: "दाँव नंबर",
      player: "खिलाड़ी",
      gone: (/** @type {number | null} */ seat) =>
        seat === null ? "अकाउंट मिटाया गया" : `सीट ${seat}, अकाउंट मिटाया गया`,
      not: "नहीं",
      stake: "दाँव",
      selection: "चुनाव",
      result: "परिणाम",
      payout: "पेआउट",
      journal: "जर्नल: क्या-क्या हुआ, क्रम से",
      journalEmpty: "कुछ नहीं हुआ।",
      when: "खुलने के बाद",
      share: "लिंक कॉपी करें",
      copied: "लिंक कॉपी हो गया।",
      previous: "पिछला राउंड",
      next: "अगला राउंड",
      room: "रूम में जाएँ",
      how: "यह कैसे काम करता है",
      howText:
        "कमिटमेंट सर्वर सीड के टेक्स्ट का SHA-256 हैश है। ड्रॉ HMAC-SHA256 से निकलते हैं, जिसमें सर्वर सीड कुंजी होता है और " +
        "“client seed:nonce:block” संदेश। हर चार बाइट से 0 और 1 के बीच की एक संख्या बनती है। नतीजा और पेआउट इन संख्याओं से और ऊपर के " +
        "जर्नल से निकलते हैं।",
      limits:
        "इससे क्या साबित नहीं होता: जिस राउंड में कई लोग दाँव लगाते हैं, उसमें कोई बेईमान हाउस किसी और नाम से सबसे आखिर में दाँव लगाकर कई " +
        "क्लाइंट सीड आज़मा सकता है। यह इस तरीके वाली हर साइट के लिए सच है। और जिस हाउस को क्लाइंट सीड पहले से पता हो, क्योंकि वह तय किया " +
        "हुआ है या टेबल पर बने रहे किसी स्टैक का है, वह अपना सीड उसके हिसाब से चुन सकता है।",
      results,
      journalBet: (/** @type {string} */ who, /** @type {number} */ n, /** @type {number} */ cents) =>
        `${who} ने दाँव ${n} लगाया: ${inChips(cents)}`,
      journalAct: (/** @type {string} */ who, /** @type {string} */ action) => `${who}: ${action}`,
      journalLeave: (/** @type {string} */ who) => `${who} ने रूम छोड़ा`,
      seat: (/** @type {number} */ seat) => `सीट ${seat + 1}`,
      hand: "हैंड",
      handHint: "जो कार्ड नहीं दिखाए गए, वे सीड ज़ाहिर होने के बाद भी यहाँ छिपे रहते हैं। आपके अपने कार्ड आपको दिखते हैं।",
      journalShortenTurns: (/** @type {number} */ s) => `रूम बंद हो रहा है: कोई बारी ${count(s, "सेकंड")} से लंबी नहीं होगी`,
      journalWake: "समय ने राउंड को आगे बढ़ाया",
      journalWakes: (/** @type {number} */ n) => `समय ने राउंड को ${number(n)} बार आगे बढ़ाया`,
    },

    /** What each check checks. @type {Record<string, string>} */
    checks: {
      commitment: "सर्वर सीड दाँवों से पहले ज़ाहिर किए गए हैश से मेल खाता है",
      client_seed: "क्लाइंट सीड में खिलाड़ियों के सीड उनके पहले दाँव के क्रम में जुड़े हैं",
      nonce: "नॉन्स रूम में राउंड का नंबर है",
      outcome: "नतीजा सीड से निकलता है",
      record: "रिकॉर्ड के दाँव जर्नल से मेल खाते हैं",
      results: "हर दाँव का परिणाम और पेआउट नतीजे और जर्नल से निकलते हैं",
      ledger: "बही-खाते में हर दाँव और हर पेआउट ठीक एक बार दर्ज है",
      digest: "दस्तावेज़ बदला नहीं गया है",
    },

    differs: (/** @type {string} */ found, /** @type {string} */ told) => `गणना से: ${found}। रिकॉर्ड में: ${told}।`,
    seedsOf: (/** @type {number} */ n) =>
      n === 0 ? "खाली, क्योंकि कोई दाँव नहीं था।" : `दाँव लगाने वाले ${count(n, "खिलाड़ी", "खिलाड़ियों")} से।`,
    notInJournal: (/** @type {string} */ bet) => `${bet} इस चुनाव के साथ जर्नल में नहीं है।`,
    betsOnRecord: (/** @type {number} */ n, /** @type {number} */ gone) =>
      `${count(n, "दाँव")}${
        gone > 0 ? `; ${number(gone)} और ${choose(gone, "दाँव मिटाए गए अकाउंट का था", "दाँव मिटाए गए अकाउंट के थे")}` : ""
      }।`,
    wrongResult: (
      /** @type {{bet: string, result: string, payout: number}} */ told,
      /** @type {{result: string, payout: number} | null} */ found,
    ) =>
      `${told.bet}, रिकॉर्ड में: ${results[told.result] ?? told.result}, ${chipsExact(told.payout)}। ` +
      `गणना से: ${found ? `${results[found.result] ?? found.result}, ${chipsExact(found.payout)}` : "ऐसा कोई दाँव नहीं"}।`,
    resultsHold: (/** @type {number} */ n) => `${count(n, "दाँव", "दाँवों")} की फिर से गणना हुई।`,
    noLedger: "सर्वर ने बही-खाते की पंक्तियाँ नहीं भेजीं।",
    wrongLedger: (/** @type {string} */ bet) => `${bet} की बही-खाते वाली पंक्तियाँ उसके दाँव और पेआउट से मेल नहीं खातीं।`,
    ledgerHolds: (/** @type {number} */ staked, /** @type {number} */ paid) =>
      `कुल दाँव ${chipsExact(staked)} के, कुल पेआउट ${chipsExact(paid)} का।`,
    brokenJournal: (/** @type {string} */ why) => `जर्नल में मेल नहीं है: ${why}`,
    unknownGame: (/** @type {string} */ game) => `यह ब्राउज़र ${game} के नियम नहीं जानता। “run.py verify” से जाँचें।`,
    seedNotShown: "सर्वर ने अपना सीड ज़ाहिर नहीं किया है।",
    notYet: "अभी नहीं: इसके लिए सर्वर सीड चाहिए।",
    leftOut: (/** @type {string} */ members) => `डाइजेस्ट में ये शामिल नहीं हैं: ${members}।`,
  };

  /** @param {string[]} names */
  const and = (names) => (names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} और ${names.at(-1)}`);

  /** `DT` → `10♦`. @param {string} card */
  const cardOf = (card) => `${card[1] === "T" ? "10" : card[1]}${suits[card[0]]}`;

  // ---- blackjack ----

  /** Moves as the journal names them, as infinitives. @type {Record<string, string>} */
  const blackjackMoves = {
    hit: "हिट करना",
    stand: "स्टैंड करना",
    double: "डबल करना",
    split: "स्प्लिट करना",
    insure: "इंश्योरेंस लेना",
    decline: "इंश्योरेंस से मना करना",
  };

  // ---- coin duel ----

  /** @type {Record<string, string>} */
  const sides = { heads: "चित", tails: "पट" };
  /** @param {string} side */
  const sideOf = (side) => sides[side] ?? side;

  // ---- hold'em ----

  /** The names of hands for display, by the names that the server and the proof use. @type {Record<string, string>} */
  const handNames = {
    "High card": "हाई कार्ड",
    Pair: "पेयर",
    "Two pair": "टू पेयर",
    "Three of a kind": "थ्री ऑफ़ ए काइंड",
    Straight: "स्ट्रेट",
    Flush: "फ़्लश",
    "Full house": "फ़ुल हाउस",
    "Four of a kind": "फ़ोर ऑफ़ ए काइंड",
    "Straight flush": "स्ट्रेट फ़्लश",
    "Royal flush": "रॉयल फ़्लश",
  };

  /** @type {Record<string, string>} */
  const streets = {
    preflop: "प्री-फ़्लॉप",
    flop: "फ़्लॉप",
    turn: "टर्न",
    river: "रिवर",
    showdown: "शोडाउन",
    settling: "हैंड खत्म",
    ended: "हैंड खत्म",
  };

  /** Moves as the journal names them, as infinitives. @type {Record<string, string>} */
  const holdemMoves = {
    fold: "फ़ोल्ड करना",
    check: "चेक करना",
    call: "कॉल करना",
    raise: "रेज़ करना",
    show: "कार्ड दिखाना",
    muck: "कार्ड मक करना",
  };

  /** @param {string[]} names @param {number} cents @param {string} hand */
  const wins = (names, cents, hand) =>
    `${and(names)} ने ${hand ? `${handNames[hand] ?? hand} से ` : ""}${chips(cents)} ` +
    (names.length > 1 ? `आपस में ${agreed(cents, "बाँटा", "बाँटे")}` : agreed(cents, "जीता", "जीते"));

  /** @param {LogMove} move */
  const logMove = ({ player = "", move, amount, to, all_in: allIn, cards = [] }) => {
    const words = {
      small_blind: `${chips(amount)} का स्मॉल ब्लाइंड दिया`,
      big_blind: `${chips(amount)} का बिग ब्लाइंड दिया`,
      post: `${chips(amount)} का ब्लाइंड दिया`,
      post_dead: `${chips(amount)} का छूटा हुआ स्मॉल ब्लाइंड दिया`,
      fold: "फ़ोल्ड किया",
      check: "चेक किया",
      call: `${chips(amount)} का कॉल किया`,
      bet: `${chips(to)} का दाँव लगाया`,
      raise: `${chips(to)} तक रेज़ किया`,
      uncalled: `बिना कॉल हुए ${chips(amount)} वापस ${agreed(amount, "लिया", "लिए")}`,
      show: `${cards.map(cardOf).join(" ")} ${cards.length === 1 ? "दिखाया" : "दिखाए"}`,
      muck: "कार्ड मक किए",
    }[move];
    return `${words ? `${player} ने ${words}` : `${player}: ${move}`}${allIn ? ", ऑल-इन" : ""}`;
  };

  // ---- keno, plinko ----

  const risks = { low: "कम", medium: "मध्यम", high: "ज़्यादा" };

  // ---- mines ----

  /** @param {number} n */
  const countOfMines = (n) => `${n} ${n === 1 ? "माइन" : "माइंस"}`;

  /** @param {number} cell */
  const cellName = (cell) => `पंक्ति ${Math.floor(cell / 5) + 1}, कॉलम ${(cell % 5) + 1}`;

  /** @type {Record<string, string>} */
  const cellStates = {
    covered: "बंद",
    pending: "खुल रहा है",
    safe: "सुरक्षित",
    mine: "माइन",
    hit: "माइन, यहीं फटी",
    left: "सुरक्षित, खोला नहीं गया",
  };

  // ---- roulette ----

  const colours = { red: "लाल", black: "काला", green: "ज़ीरो" };

  const games = {
    blackjack: {
      face: {
        dealer: "डीलर",
        seats: "खिलाड़ियों के हैंड, खेलने के क्रम में",
        printed: "ब्लैकजैक पर 3:2 · डीलर 17 पर रुकता है · इंश्योरेंस पर 2:1",

        // ---- where the round stands ----
        waiting: "पहले दाँव का इंतज़ार",
        dealing: "दाँव खुले हैं",
        insurance: "इंश्योरेंस?",
        due: "आपकी बारी",
        dueInsurance: "इंश्योरेंस?",
        turnOf: (/** @type {string} */ player) => `${player} की बारी`,
        yourTurn: "आपकी बारी",
        settling: "डीलर कार्ड ले रहा है…",
        between: "अगला राउंड खुलने वाला है",

        // ---- hands ----
        place: "आपका हैंड",
        insured: (/** @type {number} */ cents) => `इंश्योरेंस ${chips(cents)}`,
        total: (/** @type {number} */ total, /** @type {boolean} */ soft) =>
          soft && total < 21 ? `${total - 10}/${total}` : String(total),
        spokenTotal: (/** @type {number} */ total, /** @type {boolean} */ soft) =>
          soft ? `सॉफ़्ट ${total}` : String(total),
        doubled: "डबल",
        /** @type {Record<import("../faces/blackjack/hand.js").Verdict, string>} */
        verdicts: { blackjack: "ब्लैकजैक", win: "जीत", push: "बराबरी", loss: "हार", bust: "बस्ट" },
        net: signed,

        // ---- announcements ----
        saidTurn: (/** @type {string} */ mine, /** @type {string} */ dealer) =>
          `आपकी बारी। आपके पास ${mine}, डीलर के पास ${dealer}।`,
        saidInsurance: "डीलर का खुला कार्ड इक्का है। क्या आप इंश्योरेंस लेंगे?",
        saidDealer: (/** @type {string} */ words) => `${words}।`,
        saidHand: (/** @type {string} */ total, /** @type {string} */ verdict) => `आपके ${total}: ${verdict}।`,

        // ---- how it ended ----
        dealerHas: (/** @type {number} */ total) => `डीलर के पास ${total}`,
        dealerBust: (/** @type {number} */ total) => `डीलर ${total} पर बस्ट`,
        dealerBlackjack: "डीलर का ब्लैकजैक",

        // ---- the panel ----
        bet: "दाँव लगाएँ",
        placing: "लग रहा है…",
        placed: (/** @type {number} */ cents) => `${chips(cents)} का दाँव लग गया। दाँव बंद होते ही कार्ड बँटेंगे`,
        queue: "अगले राउंड पर दाँव लगाएँ",
        queued: (/** @type {number} */ cents) => `दाँव खुलते ही ${chips(cents)} का दाँव लगेगा`,
        inPlay: (/** @type {number} */ cents, /** @type {string} */ player) =>
          `${chips(cents)} दाँव पर${player && `। ${player} का इंतज़ार`}`,
        yours: "आपकी चाल",
        /** @type {Record<string, string>} */
        moves: {
          hit: "हिट",
          stand: "स्टैंड",
          double: "डबल",
          split: "स्प्लिट",
          insure: "इंश्योरेंस लें",
          decline: "इंश्योरेंस नहीं",
        },
        more: (/** @type {number} */ cents) => `+${chips(cents)}`,

        // ---- keys ----
        keys: {
          hit: "हिट: एक और कार्ड",
          stand: "स्टैंड",
          double: "दाँव दोगुना करें और एक कार्ड लें",
          split: "जोड़ी स्प्लिट करें",
          insure: "इंश्योरेंस लें",
          decline: "इंश्योरेंस नहीं",
        },
      },
      tile: {
        title: "ब्लैकजैक",
        results: "डीलर के हैंड",

        // ---- past rounds in short ----
        blackjack: "ब्लैकजैक",
        bust: "बस्ट",
        none: "–",

        // ---- the lobby tile ----
        open: "इंतज़ार",
        waiting: "पहले दाँव के थोड़ी देर बाद कार्ड बँटते हैं",
        deals: "में कार्ड बँटेंगे",
        dealer: (/** @type {number} */ total) => (total === 11 ? "इक्का" : String(total)),
        playing: (/** @type {number} */ hands) => `डीलर का कार्ड, सामने ${hands} हैंड`,
        over: "कार्ड बँट चुके",
        between: "अगला राउंड खुलने वाला है",
      },
      proof: {
        over: "यह राउंड खत्म होने के बाद भी चलता है।",
        order: "इसके समय पीछे की ओर जाते हैं।",
        open: "यह राउंड खत्म होने से पहले रुक जाता है।",
        /** @param {number} number */
        lateBet: (number) => `दाँव ${number}, दाँव बंद होने के बाद आया।`,
        /** @param {number} seat */
        secondBet: (seat) => `सीट ${seat} से दो बार दाँव लगा।`,
        /** @param {number} number */
        noStake: (number) => `दाँव ${number} चिप के सौवें हिस्सों में पूरा नहीं है।`,
        /** @param {string} name @param {number} seat */
        move: (name, seat) => `सीट ${seat} के लिए उस समय ${blackjackMoves[name] ?? `“${name}”`} संभव नहीं था।`,
      },
    },

    coinduel: {
      face: {
        title: "कॉइन ड्यूएल",
        results: "सिक्के पर क्या आया",
        sides,
        withdrawn: "वापस ली गई",
        stakeBack: "दाँव वापस",

        // ---- the lobby tile ----
        call: "मंज़ूर करें",
        open: (/** @type {string} */ side) => `${sideOf(side)} पर: दूसरी साइड आप लें`,
        none: "कोई खुली चुनौती नहीं",
        noneHint: "चुनौती दें, ताकि कोई उसे मंज़ूर करे",

        // ---- the face ----
        coin: "सिक्का",
        free: "खाली",
        freeHint: "सामने वाले खिलाड़ी का इंतज़ार",
        you: "(आप)",
        wins: (/** @type {number} */ cents) => `${chipsExact(cents)} की जीत`,
        loses: "हार",
        waiting: "चुनौती देने के लिए दाँव और साइड चुनें।",
        watching: "अभी कोई चुनौती नहीं।",
        stands: (/** @type {string} */ player, /** @type {number} */ cents, /** @type {string} */ side) =>
          `${player} ने ${sideOf(side)} पर ${inChips(cents)} का दाँव लगाया है और सामने वाले खिलाड़ी का इंतज़ार है।`,
        drawn: (/** @type {string} */ side) => `${sides[side]}!`,
        drawnBefore: (/** @type {string} */ side) => `पिछली बार सिक्के पर ${sideOf(side)} आया।`,
        tookBack: (/** @type {string} */ player) => `${player} ने चुनौती वापस ले ली।`,
        tookBackBefore: "पिछली चुनौती वापस ली गई।",
        said: (/** @type {string} */ side, /** @type {string} */ player) => `${sides[side]}। ${player} की जीत।`,

        taken: "आपकी चुनौती मंज़ूर हुई",

        // ---- the panel ----
        side: "आपकी साइड",
        pays: "जीतने पर मिलेंगे",
        rake: (/** @type {number} */ rake) => `${rake / 100} % काटकर`,
        challenge: "चुनौती दें",
        placing: "लग रहा है…",
        mine: (/** @type {number} */ cents, /** @type {string} */ side) =>
          `आपकी खुली चुनौती: ${sideOf(side)} पर ${inChips(cents)}।`,
        mineHint: "यह तब तक खुली रहेगी, जब तक कोई इसे मंज़ूर न करे। सीट छोड़ने पर यह वापस हो जाती है।",
        withdraw: "वापस लें",
        withdrawing: "वापस हो रही है…",
        offer: (/** @type {string} */ player, /** @type {number} */ cents, /** @type {string} */ side) =>
          `${player} का दाँव: ${sideOf(side)} पर ${inChips(cents)}।`,
        offerHint: (/** @type {string} */ side) => `${sideOf(side)} लेने के लिए उतना ही दाँव लगाएँ।`,
        take: (/** @type {number} */ cents, /** @type {string} */ side) => `मंज़ूर करें: ${sideOf(side)} पर ${chips(cents)}`,

        keys: { heads: "चित चुनें", tails: "पट चुनें", withdraw: "चुनौती वापस लें" },
      },
      proof: {
        ownChallenge: "एक खिलाड़ी ने अपनी ही चुनौती मंज़ूर की।",
        stakes: "दोनों दाँव अलग-अलग हैं।",
        sides: "दोनों खिलाड़ियों की साइड एक ही है।",
        noSide: "चुनौती में सिक्के की कोई साइड नहीं है।",
        over: "यह राउंड खत्म होने के बाद भी चलता है।",
        withdrawn: "एक खिलाड़ी ने दूसरे खिलाड़ी की चुनौती वापस ली।",
        open: "यह राउंड खत्म होने से पहले रुक जाता है।",
      },
    },

    crash: {
      face: {
        title: "क्रैश",
        results: "कहाँ क्रैश हुआ",
        auto: "ऑटो कैश आउट",
        autoNone: "बंद",
        autoBad: "1.01 से 10,00,000 तक की संख्या भरें, दशमलव के बाद ज़्यादा से ज़्यादा दो अंक, या खाली छोड़ें।",
        crashed: "क्रैश हो गया",
        crashedNext: (/** @type {string} */ seconds) => `क्रैश हो गया। अगला राउंड ${seconds} सेकंड में`,
        starting: "दाँव लगाएँ",
        about: "शुरू हो रहा है",
        waiting: "अगले राउंड का इंतज़ार",
        running: "चढ़ रहा है",
        stalled: "सर्वर का इंतज़ार…",
        picture: "मल्टीप्लायर का ग्राफ़",
        saidBetting: "दाँव खुले हैं।",
        saidRunning: "मल्टीप्लायर चढ़ रहा है।",
        saidEnded: (/** @type {number} */ point) => `${multiplier(point)} पर क्रैश हुआ।`,
        tooLate: (/** @type {number} */ point) => `देर हो गई: ${multiplier(point)} पर क्रैश हो चुका।`,
        cashedAt: (/** @type {number} */ value, /** @type {number} */ payout) =>
          `${multiplier(value)} पर कैश आउट हुआ: ${inChips(payout)}।`,
        autoAt: (/** @type {number} */ value) => `ऑटो ${multiplier(value)} पर`,
        cashOutBet: (/** @type {number} */ cents) => `${inChips(cents)} का दाँव कैश आउट करें`,
      },
    },

    dice: {
      face: {
        title: "डाइस",
        roll: "रोल करें",
        rolling: "रोल हो रहा है…",
        over: "ऊपर",
        under: "नीचे",
        side: "जीत, जब रोल लक्ष्य से हो",
        target: "लक्ष्य",
        chance: "जीत की संभावना",
        multiplier: "मल्टीप्लायर",
        pays: "जीतने पर मिलेंगे",
        slider: "रोल का लक्ष्य",
        waiting: "आपका रोल यहाँ दिखेगा",
        targetBad: (/** @type {string} */ from, /** @type {string} */ to) => `${from} से ${to} तक की संख्या भरें।`,
        chanceBad: "0.01 से 99 % तक की संख्या भरें।",
        multiplierBad: "1 से बड़ी और 9,900 तक की संख्या भरें।",
        rolled: (/** @type {number} */ roll) => `रोल में ${fixed(roll, 2)} आया।`,
        keys: { less: "लक्ष्य घटाएँ", more: "लक्ष्य बढ़ाएँ", over: "ऊपर आने पर जीत", under: "नीचे आने पर जीत" },
      },
    },

    hilo: {
      face: {
        // ---- the table ----
        row: "अब तक के कार्ड, नए पहले",
        start: "कार्ड पाने के लिए दाँव लगाएँ।",
        watching: "अगले दाँव पर अगला कार्ड बँटेगा।",
        worth: "अभी",
        after: /** @type {Record<string, string>} */ ({
          bet: "पहला",
          higher: "ऊपर",
          lower: "नीचे",
          skip: "छोड़ा गया",
        }),
        lost: "अनुमान गलत। दाँव गया",
        saidDealt: (/** @type {string} */ card) => `${cards.name(card)}।`,
        saidRight: (/** @type {string} */ card, /** @type {number} */ value) =>
          `${cards.name(card)}: सही। दाँव अभी ${exactMultiplier(value)} के बराबर।`,
        saidWrong: (/** @type {string} */ card) => `${cards.name(card)}: गलत।`,

        // ---- the panel ----
        place: "दाँव लगाएँ",
        placing: "लग रहा है…",
        moves: "आपका अनुमान",
        higher: "ऊपर",
        lower: "नीचे",
        orSame: "या बराबर",
        chance: (/** @type {number} */ ranks) => `${fixed((100 * ranks) / 13, 1)} %`,
        skip: "छोड़ें",
        cashOut: "कैश आउट",
        takeBack: "वापस लें",

        keys: {
          higher: "ऊपर का अनुमान लगाएँ",
          lower: "नीचे का अनुमान लगाएँ",
          skip: "कार्ड छोड़ें",
          cashOut: "कैश आउट करें",
        },
      },
      tile: {
        title: "हाई-लो",
        /** `HT` → `♥10`. U+FE0E keeps the suit from becoming an emoji. @param {string} card */
        short: (card) => `${suits[card[0]]}\uFE0E${card[1] === "T" ? "10" : card[1]}`,
      },
      proof: {
        noBet: "कोई दाँव नहीं है।",
        early: "दाँव से पहले अनुमान लगाया गया।",
        secondBet: "एक और दाँव है।",
        unknown: (/** @type {unknown} */ action) => `“${action}” नाम की कोई चाल नहीं है।`,
        over: "राउंड खत्म होने के बाद भी कुछ हुआ।",
        open: "राउंड पूरा नहीं हुआ।",
      },
    },

    holdem: {
      face: {
        seats: "सीटें, घड़ी की दिशा में",
        board: "बोर्ड",
        blinds: (/** @type {number} */ small, /** @type {number} */ big) => `ब्लाइंड ${chips(small)} / ${chips(big)}`,

        // ---- where the hand stands ----
        streets,
        /** @param {number} out */
        waiting: (out) => (out > 0 ? `इंतज़ार: ${number(out)} खिलाड़ी बाहर` : "अगले हैंड के लिए चिप्स वाले दो खिलाड़ी चाहिए"),
        starting: "अगला हैंड शुरू होने में",
        between: "दो हैंड के बीच",
        pot: (/** @type {number} */ cents) => `पॉट ${chips(cents)}`,
        mainPot: (/** @type {number} */ cents) => `मेन ${chips(cents)}`,
        sidePot: (/** @type {number} */ n, /** @type {number} */ cents) => `साइड ${n}: ${chips(cents)}`,
        wins: (/** @type {string[]} */ names, /** @type {number} */ cents, /** @type {string} */ hand) =>
          wins(names, cents, hand),

        // ---- seats ----
        dealer: "डीलर बटन",
        dealerShort: "D",
        /** @type {Record<string, string>} */
        states: { folded: "फ़ोल्ड", all_in: "ऑल-इन", sitting_out: "बाहर", in: "", waiting: "" },
        noChips: "चिप्स नहीं",
        /** What a seat did last, in few characters. */
        last: (
          /** @type {{move: string, amount: number, to: number, all_in: boolean}} */ {
            move,
            amount,
            to,
            all_in: allIn,
          },
        ) => {
          if (allIn && move !== "fold") return `ऑल-इन ${chips(to)}`;
          /** @type {Record<string, string>} */
          const words = {
            small_blind: `स्मॉल ब्लाइंड ${chips(to)}`,
            big_blind: `बिग ब्लाइंड ${chips(to)}`,
            post: `ब्लाइंड ${chips(to)}`,
            post_dead: `ब्लाइंड ${chips(amount)}`,
            fold: "फ़ोल्ड",
            check: "चेक",
            call: `कॉल ${chips(amount)}`,
            bet: `दाँव ${chips(to)}`,
            raise: `${chips(to)} तक रेज़`,
          };
          return words[move] ?? `${move} ${chips(to)}`;
        },
        won: (/** @type {number} */ cents) => `+${chips(cents)}`,
        staked: (/** @type {string} */ player, /** @type {number} */ cents) => `${player} के ${chips(cents)} दाँव पर`,
        bank: "टाइम बैंक",
        net: signed,

        // ---- the tab's title ----
        due: "आपकी बारी",
        dueToCall: (/** @type {number} */ cents) => `आपकी बारी: कॉल ${chips(cents)}`,

        // ---- announcements ----
        saidMove: (/** @type {LogMove} */ move) => `${logMove(move)}।`,
        saidAhead: (/** @type {string} */ words) => `${words}: आपकी बारी के लिए तय। रद्द करने के लिए फिर दबाएँ।`,
        saidAheadDropped: "पहले से तय आपकी चाल रद्द हुई।",
        saidShow: "कार्ड दिखाना ज़रूरी नहीं है। उन्हें दिखाएँ या मक करें।",
        saidTurn: (/** @type {number} */ call) =>
          call > 0 ? `आपकी बारी: कॉल के लिए ${chips(call)}।` : "आपकी बारी: आप चेक कर सकते हैं।",
        saidHole: (/** @type {string[]} */ cards) => `आपके कार्ड: ${and(cards)}।`,
        saidBoard: (/** @type {string} */ street, /** @type {string[]} */ cards) => `${street}: ${and(cards)}।`,
        said: (/** @type {string} */ words) => `${words}।`,
        saidNet: (/** @type {number} */ net) =>
          `आपने इस हैंड में ${chips(Math.abs(net))} ` +
          `${net > 0 ? agreed(net, "जीता", "जीते") : agreed(-net, "गँवाया", "गँवाए")}।`,

        // ---- the panel: chips ----
        buyIn: "बाय-इन करें",
        buyInFor: "टेबल पर कितने चिप्स लाएँ",
        buyInHint: (/** @type {number} */ least, /** @type {number} */ most) =>
          `${chips(least)} से ${chips(most)} तक। सीट छोड़ने पर चिप्स आपके साथ जाते हैं।`,
        bringsBack: (/** @type {number} */ cents, /** @type {number} */ left, /** @type {number} */ until) =>
          `आपने ${time(left)} बजे ${chips(cents)} चिप्स के साथ सीट छोड़ी थी। ` +
          `${time(until)} बजे तक लौटने पर कम से कम उतने चिप्स लाएँ।`,
        topUpHint: (/** @type {number} */ most) => `ज़्यादा से ज़्यादा ${chips(most)} और, अगले हैंड से।`,
        tooSmall: (/** @type {number} */ cents) => `कम से कम ${chips(cents)}।`,
        tooLarge: (/** @type {number} */ cents) => `ज़्यादा से ज़्यादा ${chips(cents)}।`,
        notAnAmount: "चिप्स में रकम भरें, जैसे 25 या 12.50।",
        tooPoor: (/** @type {number} */ cents) => `आपके पास ${chips(cents)} ${agreed(cents, "उपलब्ध है", "उपलब्ध हैं")}।`,
        buying: "बाय-इन हो रहा है…",
        queue: "अगले हैंड के लिए बाय-इन करें",
        queued: (/** @type {number} */ cents) => `इस हैंड के बाद ${chips(cents)} का बाय-इन`,
        unqueue: "रद्द करें",
        topUp: "चिप्स जोड़ें",
        stack: "आपका स्टैक",
        sitOut: "बाहर बैठें",
        sitIn: "वापस खेलें",
        post: (/** @type {number} */ cents) => `${chips(cents)} का ब्लाइंड देकर खेलें`,
        owes: "बिग ब्लाइंड आप तक पहुँचने पर आपको कार्ड मिलेंगे, या ब्लाइंड देते ही।",
        posts: "आपका ब्लाइंड तब दिया जाएगा, जब आपकी सीट बिग ब्लाइंड के बाईं ओर हो और उस पर डीलर बटन न हो।",
        leaveHint: "चिप्स साथ ले जाने के लिए अपनी सीट छोड़ें।",
        out: "आप बाहर बैठे हैं।",
        yours: "आपकी चाल",
        waitingFor: (/** @type {string} */ player) => `${player} का इंतज़ार`,
        nextHand: "आप अगले हैंड में हैं।",
        folded: "आप इस हैंड से बाहर हैं।",
        foldedOut: "आप इस हैंड से बाहर हैं, और अगले हैंड भी नहीं खेल रहे।",
        allIn: "आप ऑल-इन हैं।",
        dealing: "आखिरी कार्ड बँट रहे हैं।",
        hand: (/** @type {string} */ number) => `हैंड ${number}`,
        even: "0.00",

        // ---- the panel: moves ----
        fold: "फ़ोल्ड",
        check: "चेक",
        call: (/** @type {number} */ cents) => `कॉल ${chips(cents)}`,
        raiseTo: (/** @type {number} */ cents) => `${chips(cents)} तक रेज़`,
        betTo: (/** @type {number} */ cents) => `दाँव ${chips(cents)}`,
        allInTo: (/** @type {number} */ cents) => `ऑल-इन ${chips(cents)}`,
        openRaise: "रेज़…",
        openBet: "दाँव…",
        back: "पीछे",
        raiseLabel: "रेज़",
        betLabel: "दाँव",
        slider: "रेज़ की रकम",
        presets: { min: "मिन", half: "½ पॉट", pot: "पॉट", all: "ऑल-इन" },
        spokenPresets: { min: "सबसे छोटा रेज़", half: "आधा पॉट", pot: "पूरा पॉट", all: "आपके सारे चिप्स" },

        // ---- the panel: moves in advance, and showing cards ----
        aheadLabel: "आपकी बारी आने पर",
        ahead: {
          check_fold: (/** @type {number} */ cost) => (cost > 0 ? "फ़ोल्ड" : "चेक/फ़ोल्ड"),
          check: () => "चेक",
          call: (/** @type {number} */ cost) => `कॉल ${chips(cost)}`,
          call_any: () => "कोई भी कॉल",
        },
        othersShow: "बाकी खिलाड़ी तय कर रहे हैं कि क्या दिखाएँ",
        showLabel: "कार्ड दिखाना ज़रूरी नहीं है",
        showBoth: "दोनों दिखाएँ",
        showOne: (/** @type {string} */ card) => `${cardOf(card)} दिखाएँ`,
        muck: "मक करें",

        // ---- beside the table ----
        players: "खिलाड़ी",
        nobody: "अभी तक किसी ने बाय-इन नहीं किया।",
        stacksLabel: "स्टैक, बड़े पहले",
        stacks: (/** @type {number} */ n, /** @type {number} */ cents) => `${n} स्टैक, ${chips(cents)} चिप्स`,
        log: "हैंड की चालें",
        logEmpty: "हैंड की चालें यहाँ दिखेंगी।",
        logStreet: (/** @type {string} */ street, /** @type {string[]} */ cards) =>
          `${streets[street]}: ${cards.map(cardOf).join(" ")}`,
        /** @param {LogMove} move */
        logMove: (move) => logMove(move),
        logWin: (/** @type {string[]} */ names, /** @type {number} */ cents) => wins(names, cents, ""),

        // ---- keys ----
        keys: {
          show: "दोनों कार्ड दिखाएँ",
          muck: "मक करें",
          fold: "फ़ोल्ड करें",
          check: "चेक या कॉल करें",
          raise: "रेज़ चुनें (Enter से पक्का करें)",
          min: "रेज़: सबसे छोटा",
          half: "रेज़: आधा पॉट",
          pot: "रेज़: पूरा पॉट",
          all: "रेज़: ऑल-इन",
        },
      },
      tile: {
        title: "टेक्सस होल्डम",
        results: "जीतने वाले हैंड",
        streets,

        // ---- past hands in short ----
        handName: (/** @type {string} */ name) => handNames[name] ?? name,
        fold: "शोडाउन नहीं",
        none: "–",

        // ---- the lobby tile ----
        open: "इंतज़ार",
        waiting: "दो खिलाड़ी होने पर हैंड शुरू होता है",
        starts: "में अगला हैंड",
        pot: (/** @type {number} */ cents) => `पॉट ${chips(cents)}`,
      },
      proof: {
        over: "यह राउंड खत्म होने के बाद भी चलता है।",
        open: "यह राउंड खत्म होने से पहले रुक जाता है।",
        time: "इसके समय पीछे की ओर जाते हैं।",
        closed: "हैंड के बीच में चिप्स खरीदे गए।",
        tooLate: "हैंड बँटते समय चिप्स खरीदे गए।",
        amount: (/** @type {number} */ seat, /** @type {number} */ amount) =>
          `सीट ${seat} ने ${inChips(amount)} खरीदे, जिसकी टेबल पर अनुमति नहीं है।`,
        noStack: (/** @type {number} */ seat) => `सीट ${seat} ने बिना स्टैक के चाल चली।`,
        noHand: (/** @type {number} */ seat) => `सीट ${seat} ने दो हैंड के बीच चाल चली।`,
        notItsTurn: (/** @type {number} */ seat) => `सीट ${seat} ने बिना बारी के चाल चली।`,
        sits: (/** @type {number} */ seat) => `सीट ${seat} दो बार बाहर बैठी, या बाहर बैठे बिना लौटी।`,
        move: (/** @type {number} */ seat, /** @type {string} */ action) =>
          `सीट ${seat} के लिए ${holdemMoves[action] ?? `“${action}”`} संभव नहीं था।`,
      },
    },

    keno: {
      face: {
        title: "कीनो",
        drawnShort: (/** @type {number[]} */ drawn) => `${drawn.slice(0, 3).join(" ")} …`,

        // ---- the board ----
        board: "नंबर। ऐरो बटनों से आगे-पीछे जाएँ।",
        number: (/** @type {number} */ n, /** @type {string} */ state) => (state ? `${n}, ${state}` : String(n)),
        drawn: "निकला",
        hit: "निकला, हिट",
        pick: "दस तक नंबर चुनें, फिर ड्रॉ करें।",
        watching: "अभी तक कोई नंबर नहीं निकला।",
        picked: (/** @type {number} */ n, /** @type {number} */ most) => `${most} में से ${n} चुने`,
        hits: (/** @type {number} */ hits, /** @type {number} */ picks) => `${picks} में से ${hits} हिट`,
        lastDrawn: "पिछले ड्रॉ के दस नंबर",
        saidDrawn: (/** @type {number[]} */ drawn) => `निकले नंबर: ${[...drawn].sort((a, b) => a - b).join(", ")}।`,
        saidHits: (/** @type {number} */ hits, /** @type {number} */ picks) => `चुने हुए ${picks} में से ${hits} हिट।`,
        full: "आप दस नंबर चुन चुके हैं। दूसरा चुनने के लिए एक हटाएँ।",

        // ---- the table of payouts ----
        table: "कितने हिट पर कितना पेआउट",
        hitsHead: "हिट",
        paysHead: "पेआउट",
        times: (/** @type {number} */ tenThousandths) => `${number(tenThousandths / 10_000, 4)}×`,

        // ---- the panel ----
        risk: "जोखिम",
        risks: /** @type {Record<string, string>} */ (risks),
        quick: "झटपट चुनें",
        quickHint: "अभी जितने नंबर चुने हैं, उतने ही रैंडम नंबर चुनता है, नहीं तो दस",
        clear: "साफ़ करें",
        most: "सब हिट होने पर मिलेंगे",
        draw: "ड्रॉ करें",
        drawing: "ड्रॉ हो रहा है…",
        none: "पहले कोई नंबर चुनें",
        keys: {
          move: "नंबरों के बीच जाएँ",
          pick: "नंबर चुनें या हटाएँ",
          place: "ड्रॉ करें",
          quick: "झटपट चुनें",
          clear: "बोर्ड साफ़ करें",
          risk: "अगला जोखिम",
        },
      },
      proof: {
        moves: "कीनो में दाँव के अलावा कोई चाल नहीं होती।",
        bets: (/** @type {number} */ n) => `राउंड में एक ही दाँव हो सकता है, पर ${n} हैं।`,
        picks: "दाँव में 1 से 40 तक के एक से दस अलग-अलग नंबर नहीं हैं।",
        risk: (/** @type {string} */ risk) => `“${risk}” नाम का कोई जोखिम नहीं है।`,
      },
    },

    limbo: {
      face: {
        title: "लिम्बो",

        // ---- the face ----
        waiting: "पॉइंट यहाँ दिखेगा",
        drawn: (/** @type {number} */ point) => `पॉइंट ${multiplier(point)} है।`,
        slider: "लक्ष्य",
        aims: (/** @type {number} */ target) => `कम से कम ${multiplier(target)}`,
        target: "लक्ष्य",
        targetBad: "1.01 से 10,00,000 तक की संख्या भरें, दशमलव के बाद ज़्यादा से ज़्यादा दो अंक।",
        chance: "जीत की संभावना",
        chanceBad: "0.000099 से 98.02 % तक की संख्या भरें।",

        // ---- the panel ----
        pays: "जीतने पर मिलेंगे",
        bet: "दाँव लगाएँ",
        drawing: "ड्रॉ हो रहा है…",

        keys: { less: "लक्ष्य घटाएँ", more: "लक्ष्य बढ़ाएँ" },
      },
      proof: {
        oneBet: "लिम्बो के राउंड में एक ही दाँव होता है।",
        noMoves: "लिम्बो में दाँव के अलावा कोई चाल नहीं होती।",
        badTarget: "लक्ष्य सीमा से बाहर है।",
        badStake: "दाँव चिप के सौवें हिस्सों में पूरा नहीं है।",
      },
    },

    mines: {
      face: {
        // ---- the board ----
        board: "बोर्ड",
        cell: (/** @type {number} */ cell, /** @type {string} */ state) => `${cellName(cell)}: ${cellStates[state]}`,
        states: cellStates,
        worth: "अभी",
        next: "अगला सुरक्षित खाना",
        chance: (/** @type {number} */ chance) => `${fixed(100 * chance, 1)} %`,
        start: "माइंस की संख्या चुनें, फिर दाँव लगाएँ।",
        watching: "अगले दाँव पर नया बोर्ड आएगा।",
        saidLaid: (/** @type {number} */ n) => `बोर्ड पर ${countOfMines(n)}। कोई खाना खोलें।`,
        saidSafe: (/** @type {number} */ cell, /** @type {number} */ value) =>
          `${cellName(cell)} सुरक्षित है। दाँव अभी ${exactMultiplier(value)} के बराबर।`,
        saidHit: (/** @type {number} */ cell) => `${cellName(cell)} पर माइन है।`,
        lost: "माइन निकली। दाँव गया",

        // ---- the panel ----
        mines: "माइंस",
        more: "एक माइन बढ़ाएँ",
        fewer: "एक माइन घटाएँ",
        minesBad: "1 से 24 तक की संख्या भरें।",
        place: "दाँव लगाएँ",
        placing: "लग रहा है…",
        yours: (/** @type {number} */ cents, /** @type {number} */ n) =>
          `${inChips(cents)} दाँव पर, बोर्ड में ${countOfMines(n)}`,
        uncover: "खाना खोलें या कैश आउट करें।",
        cashOut: "कैश आउट",
        takeBack: "दाँव वापस लें",
        cashing: "कैश आउट हो रहा है…",

        keys: {
          left: "बाएँ जाएँ",
          right: "दाएँ जाएँ",
          up: "ऊपर जाएँ",
          down: "नीचे जाएँ",
          reveal: "खाना खोलें",
          cashOut: "कैश आउट करें",
          more: "एक माइन बढ़ाएँ",
          fewer: "एक माइन घटाएँ",
        },
      },
      tile: {
        title: "माइंस",
        result: countOfMines,
      },
      proof: {
        noBet: "कोई दाँव नहीं है।",
        early: "दाँव से पहले एक खाना खोला गया।",
        secondBet: "एक और दाँव है।",
        mines: (/** @type {unknown} */ n) => `किसी बोर्ड पर ${n} माइंस नहीं हो सकतीं।`,
        cell: (/** @type {unknown} */ cell) => `खाना ${cell} मौजूद नहीं है।`,
        twice: (/** @type {number} */ cell) => `खाना ${cell} दो बार खोला गया।`,
        unknown: (/** @type {unknown} */ action) => `“${action}” नाम की कोई चाल नहीं है।`,
        over: "राउंड खत्म होने के बाद भी कुछ हुआ।",
        open: "राउंड पूरा नहीं हुआ।",
      },
    },

    plinko: {
      face: {
        title: "प्लिंको",

        // ---- the face ----
        board: (/** @type {number} */ rows) => `गेंद कीलों की ${rows} पंक्तियों से होकर गिरती है`,
        slots: "स्लॉट का पेआउट, दाँव के गुना में, बाएँ से दाएँ",
        pays: (/** @type {string} */ multiplier) => `${multiplier}×`,
        landed: (/** @type {number} */ slot, /** @type {string} */ multiplier) =>
          `स्लॉट ${slot}: दाँव का ${multiplier} गुना।`,
        landedBefore: (/** @type {number} */ slot, /** @type {number} */ rows) =>
          `पिछली गेंद स्लॉट ${slot} में गिरी (0 से ${rows} तक में से)।`,
        slot: (/** @type {number} */ slot) => `स्लॉट ${slot}`,

        // ---- the panel ----
        risk: "जोखिम",
        risks,
        rows: "पंक्तियाँ",
        drop: "गेंद गिराएँ",
        dropping: "गिर रही है…",

        keys: {
          fewer: "पंक्तियाँ घटाएँ",
          more: "पंक्तियाँ बढ़ाएँ",
          lower: "जोखिम घटाएँ",
          higher: "जोखिम बढ़ाएँ",
        },
      },
      proof: {
        oneBet: "प्लिंको के राउंड में एक ही दाँव होता है।",
        noMoves: "प्लिंको में दाँव के अलावा कोई चाल नहीं होती।",
        badChoice: "इतनी पंक्तियों और इस जोखिम वाला कोई बोर्ड नहीं है।",
        badStake: "दाँव चिप के सौवें हिस्सों में पूरा नहीं है।",
      },
    },

    roulette: {
      face: {
        title: "रूलेट",
        results: "पिछले नंबर",
        pocket: (/** @type {number} */ number, /** @type {"red" | "black" | "green"} */ colour) =>
          number === 0 ? "0" : `${number} ${colours[colour]}`,
        colours,

        // ---- the lobby tile and the wheel ----
        closes: (/** @type {string} */ left) => `${left} में दाँव बंद`,
        untilClosed: "में दाँव बंद",
        rolls: "चल रहा है",
        over: "राउंड खत्म",
        place: "दाँव लगाएँ",
        closed: "दाँव बंद हैं",
        waiting: "अगले राउंड का इंतज़ार",
        wheel: (/** @type {string} */ pocket) => `पहिया। गेंद ${pocket} पर है।`,
        wheelRuns: "पहिया। गेंद घूम रही है।",
        wheelEmpty: "पहिया।",
        saidRuns: "दाँव बंद हैं। गेंद घूम रही है।",
        saidPocket: (/** @type {string} */ pocket) => `${pocket}।`,

        // ---- the felt ----
        felt: "टेबल। सभी दाँवों पर, नंबरों के बीच की लाइनों पर भी, ऐरो बटनों से जाएँ।",
        columns: "2:1",
        dozens: ["पहले 12", "दूसरे 12", "तीसरे 12"],
        /** Labels on the felt. @type {Record<string, string>} */
        evenChances: { low: "1–18", even: "सम", red: "लाल", black: "काला", odd: "विषम", high: "19–36" },
        /** Names of the kinds of bets. @type {Record<string, string>} */
        kinds: {
          straight: "स्ट्रेट",
          split: "स्प्लिट",
          street: "स्ट्रीट",
          corner: "कॉर्नर",
          line: "लाइन",
          dozen: "दर्जन",
          column: "कॉलम",
          low: "लो, 1–18",
          even: "सम",
          red: "लाल",
          black: "काला",
          odd: "विषम",
          high: "हाई, 19–36",
        },
        range: (/** @type {number} */ from, /** @type {number} */ to) => `${from} से ${to}`,
        pays: (/** @type {number} */ toOne) => `पेआउट ${toOne}:1`,
        laid: (/** @type {number} */ cents) => `${inChips(cents)} लगाना बाकी`,
        placed: (/** @type {number} */ cents) => `आपका दाँव ${inChips(cents)}`,
        others: (/** @type {number} */ cents) => `दूसरों का दाँव ${inChips(cents)}`,
        lies: (/** @type {string} */ place, /** @type {number} */ cents) => `${place} पर ${inChips(cents)}।`,

        // ---- the panel ----
        plusMinus: "±2",
        neighbours: "पड़ोसी",
        neighboursHint: "पहिये पर नंबर के दोनों ओर के दो-दो पड़ोसियों पर भी दाँव लगाएँ",
        undo: "अनडू",
        clear: "साफ़ करें",
        repeat: "दोहराएँ",
        empty: "टेबल पर चिप्स रखें",
        placeBets: (/** @type {number} */ n, /** @type {number} */ cents) => `${n} दाँव लगाएँ: ${chips(cents)}`,
        placing: (/** @type {number} */ n) => `लग रहे हैं… ${n} बाकी`,
        shut: "दाँव बंद हैं",
        wait: "दाँव अगले राउंड में खुलेंगे",
        yours: (/** @type {number} */ n, /** @type {number} */ cents) => `आपके दाँव: ${n}, ${inChips(cents)}`,
        toPlace: "लगाना बाकी",
        inPlay: "लग चुका",
        tooMany: (/** @type {number} */ most) => `हर राउंड में ज़्यादा से ज़्यादा ${most} दाँव।`,
        tooMuch: (/** @type {number} */ cents) => `एक दाँव ज़्यादा से ज़्यादा ${inChips(cents)} का हो सकता है।`,
        tooPoor: (/** @type {number} */ cents) =>
          `आपके पास ${inChips(cents)} ${agreed(cents, "उपलब्ध है", "उपलब्ध हैं")}, और टेबल पर रखे चिप्स उससे ज़्यादा के हैं।`,
        keys: {
          move: "टेबल पर आगे-पीछे जाएँ",
          lay: "चिप रखें",
          place: "दाँव लगाएँ",
          undo: "आखिरी चिप वापस लें",
          clear: "वे सारे चिप्स हटाएँ, जो अभी लगे नहीं",
          repeat: "पिछले दाँव दोहराएँ",
          neighbours: "पड़ोसी चालू या बंद करें",
        },
      },
      proof: {
        moves: "रूलेट में दाँव के अलावा कोई चाल नहीं होती।",
        late: (/** @type {number} */ n) => `दाँव ${n}, दाँव बंद होने के बाद आया।`,
        tooMany: (/** @type {number} */ n) => `दाँव ${n} खिलाड़ी के दाँवों की सीमा से बाहर है।`,
        noPlace: (/** @type {number} */ n) => `दाँव ${n} की जगह टेबल पर नहीं है।`,
      },
    },
  };

  /** @type {Record<string, { title: string, summary: string, rules: string }>} */
  const served = {
    blackjack: {
      title: "ब्लैकजैक",
      summary: "डीलर से 21 के ज़्यादा पास पहुँचें, पर 21 से ऊपर न जाएँ।",
      rules:
        "पहला दाँव लगने के कुछ सेकंड बाद दाँव बंद हो जाते हैं। हर खिलाड़ी को दो कार्ड मिलते हैं, और डीलर को भी " +
        "दो, जिनमें से एक उल्टा रहता है। गुलाम, बेगम और बादशाह 10 गिने जाते हैं, इक्का 1 या 11। 21 से ऊपर गए " +
        "बिना आप डीलर के मुकाबले 21 के ज़्यादा पास पहुँचें, तो दाँव का दोगुना मिलता है; बराबरी पर दाँव वापस " +
        "मिलता है। इक्के के साथ 10 वाला कार्ड ब्लैकजैक है और उस पर 3:2 मिलता है।\n\n" +
        "एक और कार्ड लेने के लिए हिट करें, और काफ़ी हो जाएँ तो स्टैंड करें। किन्हीं भी दो कार्डों पर आप डबल कर " +
        "सकते हैं: दाँव दोगुना होता है, और आपको बस एक कार्ड और मिलता है। बराबर मूल्य के दो कार्डों को आप एक और " +
        "दाँव लगाकर दो हैंड में स्प्लिट कर सकते हैं, कुल चार हैंड तक; स्प्लिट किए इक्कों को एक-एक कार्ड ही मिलता " +
        "है, और स्प्लिट के बाद का 21 ब्लैकजैक नहीं होता। डीलर का खुला कार्ड इक्का हो, तो आप आधे दाँव का " +
        "इंश्योरेंस ले सकते हैं; डीलर का ब्लैकजैक होने पर उस पर 2:1 मिलता है। खुला कार्ड इक्का या 10 वाला हो, तो " +
        "डीलर पहले ही देख लेता है कि उसका ब्लैकजैक है या नहीं। डीलर 16 तक कार्ड लेता है और हर 17 पर रुकता है।\n\n" +
        "सभी कार्ड एक अनंत डेक से आते हैं। आप चले जाएँ या आपका समय खत्म हो जाए, तो आपका हैंड स्टैंड करता है। " +
        "पेआउट चिप के सौवें हिस्से तक घटाकर दिए जाते हैं, इसलिए जिस दाँव में सौवें हिस्सों की गिनती विषम हो, उस " +
        "पर ब्लैकजैक का पेआउट 3:2 से 0.005 चिप कम होता है।",
    },
    coinduel: {
      title: "कॉइन ड्यूएल",
      summary: "किसी खिलाड़ी को सिक्के की चुनौती दें: दाँव बराबर, जीतने वाले को दोनों।",
      rules:
        "दाँव और सिक्के की एक साइड चुनें: यही आपकी चुनौती है। यह तब तक खुली रहती है, जब तक कोई दूसरा खिलाड़ी " +
        "दूसरी साइड पर उतना ही दाँव लगाकर इसे मंज़ूर न करे। सिक्का तुरंत उछलता है, और जिस खिलाड़ी की साइड आती " +
        "है, उसे दोनों दाँव मिलते हैं; रूम का रेक हो, तो वह कट जाता है।\n\n" +
        "जब तक कोई आपकी चुनौती मंज़ूर न करे, आप उसे वापस ले सकते हैं। आप चले जाएँ, तो वह अपने-आप वापस हो जाती " +
        "है। दोनों सूरतों में आपको पूरा दाँव वापस मिलता है।\n\n" +
        "रेक होने पर पेआउट चिप के सौवें हिस्से तक घटाकर दिए जाते हैं, इसलिए बहुत छोटे दाँव पर कम वापस मिलता है।",
    },
    crash: {
      title: "क्रैश",
      summary: "मल्टीप्लायर क्रैश होने तक चढ़ता है। उससे पहले कैश आउट करें।",
      rules:
        "दाँव कुछ सेकंड के लिए खुले रहते हैं। फिर मल्टीप्लायर 1.00 से शुरू होता है और तेज़, और तेज़ चढ़ता है, जब " +
        "तक कि वह एक छिपे हुए पॉइंट पर क्रैश न हो जाए, जो दाँव बंद होते ही तय हो जाता है। उससे पहले कैश आउट " +
        "करें, तो दाँव पर उस समय का मल्टीप्लायर मिलता है। क्रैश पहले हो जाए, तो दाँव चला जाता है। क्रैश तुरंत, " +
        "1.00 पर ही, भी हो सकता है।\n\n" +
        "आप हर राउंड में चार दाँव तक लगा सकते हैं। ऑटो कैश आउट वाला दाँव ठीक उसी मल्टीप्लायर पर कैश आउट होता है, " +
        "चाहे आप कनेक्टेड हों या नहीं; पॉइंट कम से कम उतना ऊँचा हो, तो दाँव जीतता है। जो दाँव रूम के सबसे बड़े " +
        "पेआउट तक पहुँच जाए, वह वहीं कैश आउट हो जाता है।\n\n" +
        "कनेक्शन टूट जाए, तो आपका दाँव अपने ऑटो कैश आउट या क्रैश तक राउंड में बना रहता है।\n\n" +
        "पेआउट चिप के सौवें हिस्से तक घटाकर दिए जाते हैं। पूरे चिप्स के दाँव पर इससे कोई नुकसान नहीं होता; छोटे " +
        "दाँव पर कम वापस मिलता है, और ऐसा दाँव नहीं लगता, जिसके ऑटो कैश आउट पर दाँव से ज़्यादा न मिले।",
    },
    dice: {
      title: "डाइस",
      summary: "लक्ष्य चुनें और उससे ऊपर या नीचे पर दाँव लगाएँ: जीत की संभावना जितनी कम, पेआउट उतना ज़्यादा।",
      rules:
        "दो दशमलव अंकों वाला लक्ष्य चुनें और दाँव लगाएँ कि रोल उससे ऊपर आएगा या नीचे। रोल 0.00 से 100.00 तक की " +
        "10,001 संख्याओं में से एक होता है, और सबकी संभावना बराबर है। लक्ष्य के ठीक बराबर रोल हार है।\n\n" +
        "जीतने पर दाँव का 0.99 × 10,001 ÷ (जिताने वाले रोलों की संख्या) गुना मिलता है, चार दशमलव अंकों तक घटाकर। " +
        "जैसे, 50.00 से ऊपर का दाँव 5,000 रोलों पर जीतता है, और दाँव का 1.9801 गुना मिलता है।\n\n" +
        "ऊपर के लिए लक्ष्य 1.00 से 99.99 तक और नीचे के लिए 0.01 से 99.00 तक हो सकता है।\n\n" +
        "पेआउट चिप के सौवें हिस्से तक घटाकर दिए जाते हैं, इसलिए छोटे दाँव पर, जब जीत की संभावना ज़्यादा हो, 99 % " +
        "से कम वापस मिलता है। इतना छोटा दाँव नहीं लगता, जिससे कुछ जीता ही न जा सके।",
    },
    hilo: {
      title: "हाई-लो",
      summary: "अनुमान लगाएँ कि अगला कार्ड ऊपर होगा या नीचे, और गलत होने से पहले रुक जाएँ।",
      rules:
        "दाँव लगाएँ, और आपको एक कार्ड मिलता है। अनुमान लगाएँ कि अगला उससे ऊपर होगा या नीचे: इक्का सबसे नीचे है, " +
        "बादशाह सबसे ऊपर, और बराबर रैंक दोनों तरह से सही है। हर सही अनुमान दाँव के मूल्य को 13 ÷ (उन रैंकों की " +
        "संख्या, जिन पर अनुमान सही होता) से गुणा करता है; गलत अनुमान पर दाँव चला जाता है। जो कार्ड पसंद न आए, " +
        "उसे आप छोड़ सकते हैं।\n\n" +
        "जब चाहें कैश आउट करें; आपको दाँव का 0.99 × (सही अनुमानों का गुणनफल) गुना मिलता है, चार दशमलव अंकों तक " +
        "घटाकर। पहले अनुमान से पहले दाँव वापस मिलता है। दाँव का मूल्य 10,000 गुना होते ही वह अपने-आप कैश आउट हो " +
        "जाता है, और 52वें कार्ड पर भी।\n\n" +
        "आप चले जाएँ, तो उस समय के मूल्य पर कैश आउट हो जाता है।\n\n" +
        "पेआउट चिप के सौवें हिस्से तक घटाकर दिए जाते हैं, इसलिए बहुत छोटे दाँव पर कम वापस मिलता है।",
    },
    holdem: {
      title: "टेक्सस होल्डम",
      summary: "दो से नौ खिलाड़ियों के लिए नो-लिमिट पोकर: दो कार्ड आपके, पाँच साझा, और सबसे अच्छे पाँच पॉट जीतते हैं।",
      rules:
        "बाय-इन करके चिप्स का स्टैक लें। दो खिलाड़ी खेलने को तैयार होते ही अगला हैंड बँटता है। उनमें से दो " +
        "ब्लाइंड देते हैं, और हर खिलाड़ी को दो निजी कार्ड मिलते हैं। फिर टेबल पर तीन साझा कार्ड खुलते हैं, उसके " +
        "बाद चौथा, और फिर पाँचवाँ। साझा कार्ड खुलने से पहले और हर बार खुलने के बाद दाँव का एक दौर होता है: " +
        "फ़ोल्ड, चेक, कॉल या रेज़ करें। रेज़ कम से कम पिछले रेज़ जितना और ज़्यादा से ज़्यादा आपके पूरे स्टैक तक " +
        "हो सकता है।\n\n" +
        "बाकी सब फ़ोल्ड कर दें, तो आप बिना कार्ड दिखाए पॉट जीत जाते हैं। नहीं तो आपके दो और टेबल के पाँच कार्डों " +
        "में से सबसे अच्छे पाँच से फ़ैसला होता है। हैंड के बाद कार्ड दिखाना ज़रूरी न हो, तब भी आप एक या दोनों " +
        "दिखा सकते हैं। ऑल-इन खिलाड़ी बाकी हर खिलाड़ी से उतना ही जीत सकता है, जितना उसने खुद लगाया; बाकी रकम का " +
        "साइड पॉट बनता है।\n\n" +
        "हर हैंड के साथ बिग ब्लाइंड अगले खिलाड़ी पर जाता है, और स्मॉल ब्लाइंड और डीलर बटन उसके पीछे चलते हैं, " +
        "चाहे सीट खाली ही हो। आप चलते गेम में शामिल हों, या ब्लाइंड गुज़रते समय बाहर बैठे हों, तो बिग ब्लाइंड के " +
        "आप तक पहुँचने का इंतज़ार करें, या जल्दी कार्ड पाने के लिए अपना बकाया ब्लाइंड दें: बिग ब्लाइंड दाँव गिना " +
        "जाता है, छूटा हुआ स्मॉल ब्लाइंड पॉट में जाता है। डीलर बटन और बिग ब्लाइंड के बीच की सीट से ब्लाइंड नहीं " +
        "दे सकते।\n\n" +
        "बारी का समय खत्म होने पर आपका टाइम बैंक शुरू होता है। वह भी खत्म हो जाए, तो आपका चेक या फ़ोल्ड हो जाता " +
        "है, और लौटने तक आप बाहर बैठते हैं। दो हैंड के बीच आप चिप्स जोड़ सकते हैं, बाहर बैठ सकते हैं, या स्टैक " +
        "लेकर जा सकते हैं। हैंड के बीच चले जाएँ, तो कॉल करने की नौबत आते ही आपका फ़ोल्ड हो जाता है। एक घंटे के " +
        "अंदर टेबल पर लौटें, तो कम से कम उतना स्टैक लाना होगा, जितने के साथ आपने सीट छोड़ी थी, भले ही वह सबसे " +
        "बड़े बाय-इन से ज़्यादा हो।",
    },
    keno: {
      title: "कीनो",
      summary: "चालीस में से दस तक नंबर चुनें और देखें कि कितने निकलते हैं।",
      rules:
        "1 से 40 में से एक से दस नंबर चुनें और जोखिम चुनें। दस नंबर निकलते हैं। उनमें आपके जितने ज़्यादा नंबर " +
        "हों, उतना ज़्यादा मिलता है।\n\n" +
        "कम जोखिम पर थोड़े हिट भी छोटा पेआउट देते हैं। ज़्यादा जोखिम पर सिर्फ़ बहुत सारे हिट पर मिलता है, पर " +
        "बहुत मिलता है: दस में से दस पर दाँव का 10,010.82 गुना तक। बोर्ड के पास की तालिका दिखाती है कि कितने हिट " +
        "पर कितना मिलता है। आप जो भी चुनें, लंबे समय में सभी दाँवों का 99 % वापस मिलता है।\n\n" +
        "पेआउट चिप के सौवें हिस्से तक घटाकर दिए जाते हैं, इसलिए बहुत छोटे दाँव पर कम वापस मिलता है।",
    },
    limbo: {
      title: "लिम्बो",
      summary: "मल्टीप्लायर चुनें: निकला हुआ पॉइंट कम से कम उतना ऊँचा हो, तो दाँव पर वही मिलता है।",
      rules:
        "1.01 से 10,00,000.00 तक का लक्ष्य चुनें, दशमलव के बाद ज़्यादा से ज़्यादा दो अंक, और दाँव लगाएँ। 1.00 या " +
        "उससे ऊँचा एक पॉइंट निकलता है। वह कम से कम आपके लक्ष्य जितना हो, तो दाँव × लक्ष्य मिलता है; उससे नीचे " +
        "हो, तो दाँव चला जाता है।\n\n" +
        "लक्ष्य जितना ऊँचा, जीत की संभावना उतनी कम: संभावना 0.99 ÷ लक्ष्य है। पॉइंट लक्ष्य से कितना भी ऊपर हो, " +
        "पेआउट नहीं बदलता।\n\n" +
        "पेआउट चिप के सौवें हिस्से तक घटाकर दिए जाते हैं। पूरे चिप्स के दाँव पर इससे कोई नुकसान नहीं होता; छोटे " +
        "दाँव पर कम वापस मिलता है, और इतना छोटा दाँव नहीं लगता, जिससे कुछ जीता ही न जा सके।",
    },
    mines: {
      title: "माइंस",
      summary: "माइंस वाले बोर्ड पर सुरक्षित खाने खोलें, और माइन निकलने से पहले रुक जाएँ।",
      rules:
        "चुनें कि 25 खानों में से कितनों में माइन हो, 1 से 24 तक, और दाँव लगाएँ। फिर एक-एक करके खाने खोलें: हर " +
        "सुरक्षित खाना आपके दाँव का मूल्य बढ़ाता है, और माइन निकलने पर राउंड खत्म हो जाता है और दाँव चला जाता " +
        "है। माइंस दाँव लगाते ही छिपाकर रख दी जाती हैं और अपनी जगह नहीं बदलतीं।\n\n" +
        "जब चाहें कैश आउट करें। m माइंस के बीच k सुरक्षित खानों के बाद आपके दाँव का मूल्य 0.99 × C(25, k) ÷ C(25 " +
        "− m, k) गुना होता है, चार दशमलव अंकों तक घटाकर। आखिरी सुरक्षित खाने पर अपने-आप कैश आउट हो जाता है। पहला " +
        "खाना खोलने से पहले रुकें, तो दाँव वापस मिलता है।\n\n" +
        "आप चले जाएँ, तो उस समय के मूल्य पर कैश आउट हो जाता है।\n\n" +
        "पेआउट चिप के सौवें हिस्से तक घटाकर दिए जाते हैं, इसलिए बहुत छोटे दाँव पर कम वापस मिलता है।",
    },
    plinko: {
      title: "प्लिंको",
      summary: "गेंद कीलों की पंक्तियों से गिरती है: किनारे के जितने पास गिरे, उतना ज़्यादा मिलता है।",
      rules:
        "कीलों की 8 से 16 पंक्तियाँ और कम, मध्यम या ज़्यादा जोखिम चुनें, और दाँव लगाएँ। गेंद ऊपर से गिरती है और " +
        "हर पंक्ति पर बराबर संभावना से बाएँ या दाएँ जाती है। जिस स्लॉट में वह गिरे, वह दिखाता है कि दाँव का " +
        "कितना गुना मिलता है।\n\n" +
        "ज़्यादातर गेंदें बीच में गिरती हैं, जहाँ पेआउट सबसे कम है। किनारों पर सबसे ज़्यादा मिलता है: 16 " +
        "पंक्तियों और ज़्यादा जोखिम पर दाँव का 1,000 गुना तक। आप जो भी चुनें, ठीक 99 % वापस मिलता है।\n\n" +
        "पेआउट चिप के सौवें हिस्से तक घटाकर दिए जाते हैं। पूरे चिप्स के दाँव पर इससे कोई नुकसान नहीं होता; छोटे " +
        "दाँव पर कम वापस मिलता है।",
    },
    roulette: {
      title: "रूलेट",
      summary: "नंबरों और रंगों पर चिप्स रखें, और देखें कि गेंद 37 खानों में से किसमें गिरती है।",
      rules:
        "दाँव 20 सेकंड के लिए खुले रहते हैं, हर खिलाड़ी के लिए 50 दाँव तक। फिर गेंद घूमती है और 0 से 36 तक के 37 " +
        "खानों में से एक में गिरती है। इस नंबर वाला हर दाँव जीतता है।\n\n" +
        "स्ट्रेट (एक नंबर) पर 35:1 मिलता है, स्प्लिट (दो) पर 17:1, स्ट्रीट (तीन) पर 11:1, कॉर्नर (चार) पर 8:1, " +
        "लाइन (छह) पर 5:1, दर्जन या कॉलम (बारह) पर 2:1। लाल या काला, सम या विषम, और लो या हाई पर 1:1 मिलता है। " +
        "ज़ीरो न लाल है न काला, न सम न विषम, न लो न हाई: उसके आने पर ये सब हार जाते हैं।\n\n" +
        "आप टेबल की सभी 157 जगहों पर चिप्स रख सकते हैं, ज़ीरो के आसपास वाली जगहों पर भी: 1, 2 और 3 के साथ उसके " +
        "स्प्लिट, 0-1-2 और 0-2-3 के ट्रायो, और पहले चार (0-1-2-3)।\n\n" +
        "कनेक्शन टूट जाए, तो आपके दाँव राउंड में बने रहते हैं।",
    },
  };

  /** Names in the views, selections and moves of games. @type {Record<string, string>} */
  const names = {
    amount: "रकम",
    auto_cashout: "ऑटो कैश आउट",
    bet: "दाँव",
    bets: "दाँव",
    black: "काला",
    board: "बोर्ड",
    both: "दोनों",
    call: "कॉल",
    card: "कार्ड",
    cards: "कार्ड",
    cash_out: "कैश आउट",
    cashout: "कैश आउट",
    cell: "खाना",
    check: "चेक",
    column: "कॉलम",
    corner: "कॉर्नर",
    dealer_cards: "डीलर के कार्ड",
    deck: "डेक",
    decline: "इंश्योरेंस नहीं",
    double: "डबल",
    dozen: "दर्जन",
    drawn: "निकले नंबर",
    even: "सम",
    first: "पहला",
    fold: "फ़ोल्ड",
    hand: "हैंड",
    hands: "हैंड",
    heads: "चित",
    high: "ज़्यादा",
    higher: "ऊपर",
    hit: "हिट",
    insure: "इंश्योरेंस",
    kind: "प्रकार",
    line: "लाइन",
    low: "कम",
    lower: "नीचे",
    medium: "मध्यम",
    mines: "माइंस",
    muck: "मक",
    multiplier: "मल्टीप्लायर",
    numbers: "नंबर",
    odd: "विषम",
    over: "ऊपर",
    path: "रास्ता",
    payout: "पेआउट",
    phase: "चरण",
    picks: "चुने नंबर",
    player: "खिलाड़ी",
    players: "खिलाड़ी",
    pocket: "खाना",
    point: "पॉइंट",
    post: "ब्लाइंड",
    pot: "पॉट",
    raise: "रेज़",
    red: "लाल",
    reveal: "खाना खोलना",
    risk: "जोखिम",
    roll: "रोल",
    round: "राउंड",
    rows: "पंक्तियाँ",
    score: "अंक",
    seat: "सीट",
    second: "दूसरा",
    show: "दिखाना",
    side: "साइड",
    sit_in: "वापस",
    sit_out: "बाहर",
    sitting_out: "बाहर",
    skip: "छोड़ना",
    slot: "स्लॉट",
    split: "स्प्लिट",
    stack: "स्टैक",
    stake: "दाँव",
    stand: "स्टैंड",
    straight: "स्ट्रेट",
    street: "स्ट्रीट",
    tails: "पट",
    target: "लक्ष्य",
    turn: "बारी",
    which: "कौन-से",
    winner: "विजेता",
    withdraw: "वापस लेना",
  };

  const ofRequests = {
    missing: shell.form.required,
    unknown: "इस नाम का कोई फ़ील्ड नहीं है।",
    wrong_type: (/** @type {{expected: string, got: string}} */ { expected, got }) =>
      `यहाँ ${expected} होना चाहिए, ${got} नहीं।`,
    too_small: (/** @type {{least: number}} */ { least }) => `यह कम से कम ${number(least)} होना चाहिए।`,
    too_large: (/** @type {{most: number}} */ { most }) => `यह ज़्यादा से ज़्यादा ${number(most)} हो सकता है।`,
    not_above: (/** @type {{bound: number}} */ { bound }) => `यह ${number(bound)} से ज़्यादा होना चाहिए।`,
    not_below: (/** @type {{bound: number}} */ { bound }) => `यह ${number(bound)} से कम होना चाहिए।`,
    too_short: (/** @type {{least: number}} */ { least }) => `यह बहुत छोटा है: कम से कम ${number(least)} चाहिए।`,
    too_long: (/** @type {{most: number}} */ { most }) => `यह बहुत लंबा है: ज़्यादा से ज़्यादा ${number(most)} हो सकता है।`,
    not_a_choice: (/** @type {{given: string}} */ { given }) => `यहाँ ${given} नहीं हो सकता।`,
    no_time_zone: "इसमें टाइम ज़ोन भी होना चाहिए।",
    out_of_range: "यह सीमा से बाहर है।",
    malformed: "यह सही रूप में नहीं है।",
  };

  /** @type {import("../reasons.d.ts").Reasons} */
  const reasons = {
    bad_request: {
      ...ofRequests,
      greeted: "इस कनेक्शन पर hello पहले ही भेजा जा चुका है।",
      room_or_game: "रूम या गेम का नाम दें।",
      room_or_session: "रूम या सेशन का नाम दें।",
      seated: "पहले रूम छोड़ें।",
      undecodable: "संदेश का एक हिस्सा पढ़ा नहीं जा सका।",
      invisible_text: "इस संदेश में दिखने वाला कुछ नहीं है।",
      no_such_seat: ({ least, most }) => `इस रूम में सीटें ${least} से ${most} तक हैं।`,
      nothing_chosen: "चुनें कि दाँव किस पर लगाना है।",
      stake_too_small: ({ least }) => room.bet.tooSmall(least),
      no_win: "इस दाँव से अपनी रकम से ज़्यादा नहीं जीता जा सकता।",
      win_too_small: ({ pays, least }) =>
        `यह दाँव ज़्यादा से ज़्यादा ${number(pays, 6)} गुना देता है, और पेआउट चिप के सौवें हिस्से तक घटाकर दिए जाते हैं। कम से कम ` +
        `${inChips(least)} लगाएँ, वरना जीतने पर भी दाँव से ज़्यादा नहीं मिलेगा।`,
      not_in_range: ({ least, most }) =>
        `${fixed(least, 2)} से ${fixed(most, 2)} तक की संख्या भरें, ज़्यादा से ज़्यादा दो दशमलव अंकों के साथ।`,
    },
    validation_failed: {
      ...ofRequests,
      repeated: "इसे सिर्फ़ एक बार दें।",
      not_an_object: "यहाँ एक ऑब्जेक्ट होना चाहिए।",
      no_such_day: "ऐसी कोई तारीख नहीं है।",
      username: shell.signUp.usernameHint,
      email: shell.form.email,
      roll_number: "यह रोल नंबर सही नहीं है।",
      full_name: "नाम एक लाइन में, 1–100 अक्षर।",
      identifier: "अपना ई-मेल पता, यूज़रनेम या रोल नंबर भरें।",
      password: "पासवर्ड भरें।",
      new_password: "8–72 अक्षर चुनें, जिनका अंदाज़ा लगाना मुश्किल हो।",
      device: "यह आपका डिवाइस नहीं है।",
      token_name: "डिवाइस या प्रोग्राम का नाम ज़्यादा से ज़्यादा 60 अक्षरों में दें।",
      token: "मेल का लिंक अधूरा है।",
      site_page: "यह इस साइट का पेज नहीं है।",
      bio: "ज़्यादा से ज़्यादा 2,000 अक्षर।",
      avatar_url: "वेब पता http:// या https:// से शुरू होना चाहिए।",
      location: "ज़्यादा से ज़्यादा 100 अक्षर।",
      zoned_time: "यहाँ टाइम ज़ोन के साथ समय होना चाहिए।",
      client_seed: "1–64 अंग्रेज़ी अक्षर, अंक, _ या -।",
      cursor: "सूची बदल गई है। इसे फिर से लोड करें।",
      not_ascii: "डोमेन को ASCII रूप (xn--…) में लिखें।",
      other_domain: ({ domains }) => `${domains.join(" या ")} का ई-मेल पता दें।`,
      reserved_name: "यह नाम आरक्षित है, क्योंकि यह हाउस का लगता है।",
      own_names: ({ most }) => `पिछले एक साल में छोड़े गए ${number(most)} नाम अब भी आपके लिए आरक्षित हैं: उन्हीं में से एक लें।`,
      invisible_name: "नाम में कम से कम एक दिखने वाला अक्षर होना चाहिए।",
      birth: "जन्म की तारीख 1900 से पहले की या आगे की नहीं हो सकती।",
      not_a_roll_number: "यह रोल नंबर सही नहीं है।",
      name_of_other: "यह किसी और खिलाड़ी का यूज़रनेम है।",
      no_password: "साइन अप का पासवर्ड भरें, या नया पासवर्ड।",
      password_short: ({ least }) => `कम से कम ${number(least)} अक्षर चुनें।`,
      password_long: ({ most }) => `ज़्यादा से ज़्यादा ${number(most)} बाइट चुनें।`,
      easy: "इसका अंदाज़ा लगाना आसान है। एक-दो शब्द और जोड़ें, ऐसे जो आम न हों।",
      easy_common: "इसका अंदाज़ा लगाना आसान है: ऐसा पासवर्ड बहुत लोग रखते हैं। एक-दो शब्द और जोड़ें।",
      easy_word: "इसका अंदाज़ा लगाना आसान है: एक शब्द काफ़ी नहीं है। एक-दो शब्द और जोड़ें।",
      easy_name: "इसका अंदाज़ा लगाना आसान है: नाम सबसे पहले आज़माए जाते हैं। एक-दो शब्द और जोड़ें।",
      easy_keys: "इसका अंदाज़ा लगाना आसान है: ये बटन कीबोर्ड पर पास-पास हैं। एक-दो शब्द और जोड़ें।",
      easy_repeat: "इसका अंदाज़ा लगाना आसान है: इसमें एक ही चीज़ बार-बार है। एक-दो शब्द और जोड़ें।",
      easy_sequence: "इसका अंदाज़ा लगाना आसान है: यह abc या 6543 जैसा क्रम है। एक-दो शब्द और जोड़ें।",
      easy_date: "इसका अंदाज़ा लगाना आसान है: साल और तारीखें सबसे पहले आज़माई जाती हैं। एक-दो शब्द और जोड़ें।",
      break_shortened: "ब्रेक सिर्फ़ बढ़ाया जा सकता है।",
      break_length: "ब्रेक भविष्य में और पाँच साल के अंदर खत्म होना चाहिए।",
      date: "यह तारीख सीमा से बाहर है।",
      seats: ({ least, most }) => `इस गेम में ${least} से ${most} तक सीटें होती हैं।`,
      no_such_game: "इस नाम का कोई गेम नहीं है।",
      single_player: "यह गेम अकेले खेला जाता है; इसके लिए रूम नहीं खुलता।",
      handed_on: "इसे हर राउंड अगले राउंड के लिए खुद तय करता है।",
      above_server: ({ most }) => `यह सर्वर ज़्यादा से ज़्यादा ${number(most)} की इजाज़त देता है।`,
    },
    token_invalid: {
      signed_out: shell.signedOut.signed_out,
      signed_out_elsewhere: shell.signedOut.signed_out_elsewhere,
      password_changed: shell.signedOut.password_changed,
      too_many_devices: shell.signedOut.too_many_devices,
      account_disabled: shell.signedOut.account_disabled,
      token_expired: shell.signedOut.token_expired,
      link_used: "यह लिंक इस्तेमाल हो चुका है, या अधूरा है।",
    },
    invalid_json: {
      late: "आपका अनुरोध बहुत धीरे पहुँचा। दोबारा कोशिश करें।",
      cut_off: "आपका अनुरोध पूरा पहुँचने से पहले कनेक्शन टूट गया। दोबारा कोशिश करें।",
      framing: "सर्वर इसे पढ़ नहीं सका।",
      malformed: "सर्वर इसे पढ़ नहीं सका।",
    },
    invalid_credentials: { other_password: "यह साइन अप वाला पासवर्ड नहीं है। नया पासवर्ड चुनें।" },
    token_expired: {
      sign_up_again: "लिंक का समय पूरा हो गया। फिर से साइन अप करें।",
      ask_again: "लिंक का समय पूरा हो गया। नया लिंक मँगाएँ।",
    },
    forbidden: {
      not_owner: "रूम सिर्फ़ उसका होस्ट बंद कर सकता है।",
      origin: "इस साइट को इस सर्वर से जुड़ने की इजाज़त नहीं है।",
    },
    not_found: { no_such_code: "इस कोड का कोई खुला रूम नहीं है।" },
    username_taken: { meanwhile: "इस बीच यह यूज़रनेम किसी और खिलाड़ी ने ले लिया। फिर से साइन अप करें।" },
    already_registered: {
      email: "इस पते का अकाउंट पहले से है। साइन इन करें, या पासवर्ड रीसेट करें।",
      roll_number: "यह रोल नंबर किसी और अकाउंट का है।",
    },
    not_yet: {
      no_bonus: "इस सर्वर पर रोज़ का बोनस नहीं है।",
      balance: ({ below }) => `बोनस तब मिल सकता है, जब आपका बैलेंस ${inChips(below)} से कम हो।`,
      once_a_day: ({ next_at }) => `बोनस दिन में एक बार मिलता है, अगला ${dateTime(next_at)} से।`,
      on_break: ({ next_at }) => `आप ब्रेक पर हैं। बोनस ब्रेक के बाद, ${dateTime(next_at)} से मिल सकता है।`,
    },
    bets_live: { username: "जब तक आपका कोई दाँव चालू है, यूज़रनेम नहीं बदला जा सकता।" },
    rate_limited: {
      joins: "सीटें बहुत तेज़ी से ली जा रही हैं। थोड़ा रुककर दोबारा कोशिश करें।",
      chat: "संदेश बहुत तेज़ी से भेजे जा रहे हैं। थोड़ा रुकें।",
      connections: "इस अकाउंट के बहुत ज़्यादा कनेक्शन खुले हैं। दूसरे टैब या प्रोग्राम बंद करें।",
    },
    unavailable: {
      sign_ins: "अभी बहुत लोग साइन इन कर रहे हैं। थोड़ी देर में दोबारा कोशिश करें।",
      limits_changed: "आपकी सीमाएँ अभी-अभी बदली हैं। दोबारा कोशिश करें।",
      losses_counted: "आज की आपकी हार जोड़ी जा रही है। दोबारा कोशिश करें।",
      room_opening: "रूम खुल रहा है। दोबारा कोशिश करें।",
      room_closing: "रूम बंद हो रहा है। दोबारा कोशिश करें।",
      room_busy: "रूम व्यस्त है। दोबारा कोशिश करें।",
      stopping: "सर्वर फिर से शुरू हो रहा है। थोड़ी देर में दोबारा कोशिश करें।",
      too_many_rooms: "सर्वर पर और रूम की जगह नहीं है। बाद में दोबारा कोशिश करें।",
      no_next_round: "अगला राउंड नहीं खुल सका।",
      game_failed: "गेम में गड़बड़ हुई।",
    },
    bad_json: { binary: "सर्वर सिर्फ़ टेक्स्ट लेता है।" },
    not_signed_in: { account_deleted: "यह अकाउंट हटाया जा चुका है।" },
    no_such_room: {
      no_such_game: "ऐसा कोई गेम नहीं है।",
      no_public_room: "इस गेम का कोई सार्वजनिक रूम नहीं है। अपना रूम खोलें।",
      no_such_code: "इस कोड का कोई खुला रूम नहीं है।",
      session_over: shell.session.missing,
      just_closed: "यह रूम अभी-अभी बंद हुआ है।",
    },
    room_full: { seat_taken: "यह सीट ली जा चुकी है।" },
    stack_too_small: { brings_back: ({ minimum, until }) => room.bet.bringBack(minimum, until, null) },
    insufficient_funds: {
      brings_back: ({ minimum, until, available }) => room.bet.bringBack(minimum, until, available),
    },
    limit_exceeded: {
      stakes: ({ least, most }) => `यहाँ दाँव ${chips(least)} से ${inChips(most)} तक के होते हैं।`,
      balance: "आपका बैलेंस इतना बड़ा है कि ठीक-ठीक गिना नहीं जा सकता, इसलिए दाँव नहीं लग सकता।",
      own_stake: ({ limit }) => room.bet.ownLimit(limit, 0),
      own_stakes: ({ limit, staked }) => room.bet.ownLimit(limit, staked),
      own_loss: "इस दाँव से आपकी रखी हुई रोज़ की हार की सीमा पार हो सकती है।",
      own_rooms: ({ most }) => `एक साथ ज़्यादा से ज़्यादा ${number(most)} निजी रूम खुले रह सकते हैं।`,
      watched_rooms: ({ most }) => `एक साथ ज़्यादा से ज़्यादा ${number(most)} रूम देखे जा सकते हैं।`,
      too_many_bets: ({ most }) => `हर राउंड में ज़्यादा से ज़्यादा ${number(most)} दाँव लग सकते हैं।`,
    },
    self_excluded: { break: ({ until }) => `आप ${dateTime(until)} तक ब्रेक पर हैं।` },
    muted: { until: ({ until }) => `ऑपरेटर ने आपकी चैट ${dateTime(until)} तक बंद कर दी है।` },
    illegal_action: {
      no_actions: "इस गेम में कोई चाल नहीं है।",
      no_round: "अभी कोई राउंड नहीं चल रहा।",
      too_late: () => room.bet.tooLate,
      round_over: "राउंड खत्म हो चुका है।",
      no_moves: "इस गेम में दाँव के बाद कोई चाल नहीं है।",
      no_live_bet: "इस राउंड में आपका कोई चालू दाँव नहीं है।",
    },
    not_your_turn: { too_late: () => room.bet.tooLate, other_player: "अभी किसी और खिलाड़ी की बारी है।" },
    paused: {
      database: pausedReasons.database,
      redis: pausedReasons.redis,
      game: pausedReasons.game,
      closing: pausedReasons.closing,
    },
    betting_closed: {
      closed: "दाँव बंद हैं। अगले राउंड में दाँव लगाएँ।",
      already_bet: "इस राउंड का दाँव लग चुका है।",
    },
  };

  /** @param {string} name */
  const named = (name) => /** @type {Record<string, string>} */ (names)[name] ?? name;

  /** @type {import("../reasons.d.ts").GameReasons} */
  const gameReasons = {
    blackjack: {
      dealt: "कार्ड बँट चुके हैं। अगले राउंड में दाँव लगाएँ।",
      one_bet: "हर राउंड में सिर्फ़ एक दाँव लग सकता है।",
      no_hand: "इस राउंड में आपका कोई हैंड नहीं है।",
      other_hand: "अभी इस हैंड की बारी नहीं है।",
      move_not_offered: ({ move }) => `इस हैंड पर “${named(move)}” नहीं चुना जा सकता।`,
      no_insurance: "आपके सामने इंश्योरेंस का कोई प्रस्ताव नहीं है।",
    },
    coinduel: {
      duel_over: "यह ड्यूएल खत्म हो चुका है। अगले का इंतज़ार करें।",
      no_side: "अभी कोई खुली चुनौती नहीं है। चुनौती देने के लिए चित या पट चुनें।",
      own_challenge: "अपनी ही चुनौती स्वीकार नहीं की जा सकती।",
      other_stake: ({ stake }) => `चुनौती ${inChips(stake)} की है। स्वीकार करने के लिए ठीक उतना ही लगाएँ।`,
      side_taken: ({ side }) => `चुनौती देने वाले के पास ${named(side)} है। आपको दूसरा पक्ष मिलेगा।`,
      no_challenge: "आपकी कोई खुली चुनौती नहीं है।",
    },
    crash: {
      above_payout: ({ most }) => `यह दाँव रूम के सबसे बड़े पेआउट, ${inChips(most)}, से ज़्यादा है।`,
      nothing_to_win: "इतने बड़े दाँव पर रूम के सबसे बड़े पेआउट में जीतने को कुछ नहीं बचता।",
      not_started: "राउंड अभी शुरू नहीं हुआ है।",
      crashed: "देर हो गई: मल्टीप्लायर क्रैश हो चुका है।",
      bet_not_live: "यह दाँव चालू नहीं है, या आपका नहीं है।",
    },
    holdem: {
      hand_runs: "हैंड चल रहा है। उसके खत्म होने पर चिप्स लें।",
      left_table: "आप टेबल छोड़ चुके हैं। अगले हैंड के बाद फिर बाय-इन करें।",
      top_up: ({ most, purchases }) =>
        `स्टैक ${inChips(most)} तक बढ़ाया जा सकता है, और हर हैंड में ज़्यादा से ज़्यादा ${number(purchases)} बार चिप्स लिए जा सकते हैं।`,
      buy_in: ({ least, most }) => `${chips(least)} से ${inChips(most)} तक लें।`,
      hand_over: "हैंड खत्म हो चुका है।",
      dealing: "कार्ड बँट रहे हैं। हैंड खत्म होने पर चिप्स लें।",
      no_stack: "इस टेबल पर आपका कोई स्टैक नहीं है।",
      no_hand: "अभी कोई हैंड नहीं चल रहा।",
      not_in_hand: "आप इस हैंड में नहीं हैं।",
      cant_check: "चेक नहीं हो सकता: एक बेट को कॉल करना है।",
      nothing_to_call: "कॉल करने के लिए कुछ नहीं है।",
      cant_raise: "अभी रेज़ नहीं हो सकता।",
      raise: ({ least, most }) => `${chips(least)} से ${inChips(most)} तक रेज़ करें।`,
      nothing_to_show: "अभी कार्ड दिखाए या मक नहीं किए जा सकते।",
      sitting_out: "आप पहले से बाहर बैठे हैं।",
      not_sitting_out: "आप बाहर नहीं बैठे हैं।",
      too_often_out: "आप बहुत बार बाहर बैठ चुके हैं। इस हैंड के खत्म होने का इंतज़ार करें।",
      no_blinds: "आपको कोई ब्लाइंड नहीं देना है।",
    },
    keno: { picked_twice: "हर नंबर सिर्फ़ एक बार चुनें।" },
    mines: {
      no_mines: "चुनें कि कितने खानों में माइंस हों।",
      wrong_mines: ({ least, most }) => `${least} से ${most} तक माइंस चुनें।`,
      no_such_cell: ({ least, most }) => `खानों के नंबर ${least} से ${most} तक हैं।`,
      uncovered: "यह खाना पहले से खुला है।",
    },
    plinko: { wrong_rows: ({ least, most }) => `${least} से ${most} तक पंक्तियाँ चुनें।` },
    roulette: {
      no_spot: "चुनें कि चिप्स कहाँ रखने हैं।",
      takes_no_numbers: ({ spot }) => `“${named(spot)}” पर लगे दाँव में नंबर नहीं होते।`,
      no_such_spot: ({ spot }) => `इन नंबरों से “${named(spot)}” नहीं बनता।`,
    },
  };

  return {
    served,
    names,
    units: { inChips, seconds, span },
    shell,
    errors,
    reasons,
    gameReasons,
    cards,
    room,
    private: privateRooms,
    games,
  };
};
