/**
 * Names and places from several countries and scripts. A name in another script than Latin stands
 * beside its spelling in an e-mail address: `Дмитрий/dmitri`.
 */
export interface People {
  readonly country: string;
  /** In the order in which the neutral contact has them; where they stand on a screen is a vendor's matter. */
  readonly given: Words;
  readonly family: Words;
  /** Middle names or patronymics, where they are common. */
  readonly middle?: Words;
  readonly prefixes?: Words;
  readonly streets: Words;
  /** `city|region|postal code`, the last two may be empty. */
  readonly cities: Words;
  /** `#` is a digit. Numbers reserved for fiction where the country has some, else with 555. */
  readonly phone: string;
  readonly titles: Words;
  readonly notes: Words;
}

export type Words = readonly [string, ...string[]];

/** `words('a, b')` is `['a', 'b']`. */
function words(list: string): Words {
  const [first = '', ...rest] = list.split(', ');
  return [first, ...rest];
}

export const PEOPLES: readonly [People, ...People[]] = [
  {
    country: 'United States',
    given: words(
      'Mary, James, Linda, Robert, Patricia, Michael, Jennifer, DeShawn, Aaliyah, Wyatt',
    ),
    family: words(
      'Smith, Johnson, O’Connor, McAllister, Van Buren, Garcia, Washington, Lee, Nguyen',
    ),
    middle: words('A., J., Lee, Marie, Quincy'),
    prefixes: words('Dr., Mr., Ms., Prof.'),
    streets: words('Main Street, Elm Avenue, Maple Drive, 5th Street'),
    cities: words('Springfield|IL|62701, Portland|OR|97201, Austin|TX|73301, Boston|MA|02108'),
    phone: '+1 2## 555 01##',
    titles: words('Account Executive, CEO, Software Engineer, Office Manager, VP Sales'),
    notes: words('Met at the fair, Prefers e-mail, Call after 3 pm, Introduced by Tom'),
  },
  {
    country: 'United Kingdom',
    given: words('Oliver, Amelia, Harry, Isla, Siobhán, Rhys, Fiona, Alasdair'),
    family: words('Taylor, Evans, Smythe-Jones, Ó Súilleabháin, MacDonald, Llewellyn, Hughes'),
    middle: words('Rose, George, Mai'),
    streets: words('High Street, Church Lane, Station Road, The Green'),
    cities: words('London||SW1A 1AA, Leeds|West Yorkshire|LS1 4AP, Cardiff||CF10 1EP'),
    phone: '+44 20 7946 0###',
    titles: words('Director, Solicitor, Buyer, Head of Operations'),
    notes: words('Ring the office first, Sends Christmas cards, Old client'),
  },
  {
    country: 'Deutschland',
    given: words('Jürgen, Käthe, Björn, Anna-Lena, Sören, Ursula, Maximilian, Zoë'),
    family: words('Müller, Schäfer, Weiß, von der Heide, Groß, Schmidt-Löwe, Köhler, Jäger'),
    prefixes: words('Dr., Prof. Dr., Dipl.-Ing.'),
    streets: words('Hauptstraße, Am Mühlbach, Königsallee, Lindenweg'),
    cities: words('Berlin||10115, München|Bayern|80331, Köln|NRW|50667, Görlitz|Sachsen|02826'),
    phone: '+49 30 23125 ###',
    titles: words('Geschäftsführer, Einkauf, Prokuristin, Entwickler, Steuerberater'),
    notes: words('Messe Hannover, Rückruf erbeten, Kennt Jürgen, Nur vormittags'),
  },
  {
    country: 'Polska',
    given: words('Łukasz, Małgorzata, Paweł, Zofia, Grzegorz, Żaneta, Stanisław'),
    family: words('Wójcik, Kowalska, Dąbrowski, Święcicka, Żółkiewski, Błaszczyk'),
    streets: words('ul. Długa, ul. Świętokrzyska, al. Jerozolimskie'),
    cities: words('Łódź||90-001, Kraków||30-001, Gdańsk||80-001'),
    phone: '+48 22 555 ## ##',
    titles: words('Kierownik, Księgowa, Dyrektor sprzedaży'),
    notes: words('Dzwonić po południu, Stały klient, Poznany w Łodzi'),
  },
  {
    country: 'Ísland',
    given: words('Björk, Þór, Guðrún, Sigurður, Æsa, Ragnheiður'),
    family: words('Guðmundsdóttir, Þórðarson, Einarsson, Björnsdóttir, Magnússon'),
    streets: words('Laugavegur, Austurstræti, Skólavörðustígur'),
    cities: words('Reykjavík||101, Akureyri||600'),
    phone: '+354 555 ####',
    titles: words('Forstjóri, Verkfræðingur, Kennari'),
    notes: words('Hittumst í Hörpu, Vinur Þórs'),
  },
  {
    country: 'Việt Nam',
    given: words('Anh, Hương, Đức, Phương, Tuấn, Thảo'),
    family: words('Nguyễn, Trần, Phạm, Đặng, Bùi, Võ'),
    middle: words('Thị, Văn, Ngọc, Hữu'),
    streets: words('Đường Lê Lợi, Phố Huế, Đường Nguyễn Huệ'),
    cities: words('Hà Nội||100000, Đà Nẵng||550000'),
    phone: '+84 24 5550 ####',
    titles: words('Giám đốc, Kế toán trưởng, Kỹ sư'),
    notes: words('Khách hàng cũ, Gọi buổi sáng'),
  },
  {
    country: 'España',
    given: words('Begoña, José María, Íñigo, Ainhoa, Martín, Núria'),
    family: words('García Muñoz, Fernández, Ibáñez de la Vega, Puig i Soler, Ordóñez'),
    streets: words('Calle Mayor, Paseo de Gracia, Avenida de la Constitución'),
    cities: words('A Coruña||15001, Málaga||29001, Logroño|La Rioja|26001'),
    phone: '+34 91 555 ## ##',
    titles: words('Directora general, Abogado, Ingeniera'),
    notes: words('Llamar por la mañana, Cliente desde 2019'),
  },
  {
    country: 'Türkiye',
    given: words('Şule, İbrahim, Gökçe, Çağlar, Işıl, Oğuz'),
    family: words('Yılmaz, Öztürk, Şahin, Çelik, Güneş, Aydın'),
    streets: words('İstiklal Caddesi, Bağdat Caddesi, Çiçek Sokak'),
    cities: words('İstanbul||34000, İzmir||35000'),
    phone: '+90 212 555 ## ##',
    titles: words('Genel müdür, Mühendis, Satış temsilcisi'),
    notes: words('Fuarda tanıştık, Öğleden sonra arayın'),
  },
  {
    country: 'Україна',
    given: words('Дмитро/dmytro, Оксана/oksana, Сергій/serhii, Ївга/yivha, Юлія/yuliia'),
    family: words('Шевченко/shevchenko, Коваль/koval, Ґалаґан/galagan, Їжакевич/yizhakevych'),
    middle: words('Іванович, Петрівна, Олексійович'),
    streets: words('вул. Хрещатик, вул. Лесі Українки'),
    cities: words('Київ||01001, Львів||79000'),
    phone: '+380 44 555 ## ##',
    titles: words('Директор, Бухгалтер, Інженер'),
    notes: words('Дзвонити зранку, Постійний клієнт'),
  },
  {
    country: 'Ελλάδα',
    given: words('Γιώργος/giorgos, Ελένη/eleni, Νίκος/nikos, Αγγελική/angeliki'),
    family: words('Παπαδόπουλος/papadopoulos, Οικονόμου/oikonomou, Βλάχος/vlachos, Ζαΐμη/zaimi'),
    streets: words('Ερμού, Οδός Αθηνάς, Λεωφόρος Κηφισίας'),
    cities: words('Αθήνα||105 63, Θεσσαλονίκη||546 24'),
    phone: '+30 21 0555 ####',
    titles: words('Διευθυντής, Λογίστρια, Μηχανικός'),
    notes: words('Τηλέφωνο το πρωί, Παλιός πελάτης'),
  },
  {
    country: 'مصر',
    given: words('محمد/mohamed, فاطمة/fatma, أحمد/ahmed, نور/nour, عبد الرحمن/abdelrahman'),
    family: words('حسن/hassan, المصري/elmasry, عبد العزيز/abdelaziz, السيد/elsayed'),
    streets: words('شارع التحرير, شارع الهرم'),
    cities: words('القاهرة||11511, الإسكندرية||21500'),
    phone: '+20 2 5550 ####',
    titles: words('مدير عام, محاسب, مهندسة'),
    notes: words('عميل قديم, الاتصال بعد الظهر'),
  },
  {
    country: 'ישראל',
    given: words('נועה/noa, יעל/yael, דוד/david, אריאל/ariel, תמר/tamar'),
    family: words('כהן/cohen, לוי/levi, בן־דוד/bendavid, מזרחי/mizrahi'),
    streets: words('רחוב הרצל, שדרות רוטשילד'),
    cities: words('תל אביב־יפו||6100000, ירושלים||9100000'),
    phone: '+972 3 555 ####',
    titles: words('מנכ״ל, רואת חשבון, מהנדס'),
    notes: words('להתקשר בבוקר, לקוח ותיק'),
  },
  {
    country: '中国',
    given: words('伟/wei, 秀英/xiuying, 娜/na, 子涵/zihan, 建国/jianguo'),
    family: words('王/wang, 李/li, 张/zhang, 欧阳/ouyang, 司马/sima'),
    streets: words('长安街, 南京东路, 解放路'),
    cities: words('北京市||100000, 上海市||200000'),
    phone: '+86 10 5550 ####',
    titles: words('总经理, 会计, 工程师'),
    notes: words('上午联系, 老客户'),
  },
  {
    country: '日本',
    given: words('太郎/taro, さくら/sakura, 健一/kenichi, 美咲/misaki, ケン/ken'),
    family: words('佐藤/sato, 鈴木/suzuki, 髙橋/takahashi, 渡邉/watanabe, 五十嵐/igarashi'),
    streets: words('銀座４丁目, 中央通り, 本町'),
    cities: words('東京都|千代田区|100-0001, 大阪市|大阪府|530-0001'),
    phone: '+81 3 5550 ####',
    titles: words('代表取締役, 営業部長, エンジニア'),
    notes: words('展示会で名刺交換, 午前中に電話'),
  },
  {
    country: '대한민국',
    given: words('민준/minjun, 서연/seoyeon, 지우/jiwoo, 하은/haeun'),
    family: words('김/kim, 이/lee, 박/park, 남궁/namgung'),
    streets: words('세종대로, 테헤란로'),
    cities: words('서울특별시||04524, 부산광역시||48058'),
    phone: '+82 2 5550 ####',
    titles: words('대표이사, 과장, 개발자'),
    notes: words('오전에 연락, 단골 고객'),
  },
  {
    country: 'ประเทศไทย',
    given: words('สมชาย/somchai, สุดา/suda, ณัฐวุฒิ/nattawut, พิมพ์ชนก/pimchanok'),
    family: words('ใจดี/jaidee, ศรีสุข/srisuk, วงศ์สวัสดิ์/wongsawat'),
    streets: words('ถนนสุขุมวิท, ถนนสีลม'),
    cities: words('กรุงเทพมหานคร||10110, เชียงใหม่||50000'),
    phone: '+66 2 555 ####',
    titles: words('กรรมการผู้จัดการ, วิศวกร'),
    notes: words('ลูกค้าประจำ, โทรตอนเช้า'),
  },
  {
    country: 'भारत',
    given: words('प्रिया/priya, अर्जुन/arjun, लक्ष्मी/lakshmi, कृष्ण/krishna'),
    family: words('शर्मा/sharma, वर्मा/varma, श्रीवास्तव/shrivastava, सिंह/singh'),
    prefixes: words('डॉ॰, श्री, श्रीमती'),
    streets: words('महात्मा गांधी मार्ग, नेहरू रोड'),
    cities: words('नई दिल्ली||110001, लखनऊ||226001'),
    phone: '+91 11 5550 ####',
    titles: words('प्रबंधक, इंजीनियर'),
    notes: words('सुबह फ़ोन करें, पुराने ग्राहक'),
  },
];
