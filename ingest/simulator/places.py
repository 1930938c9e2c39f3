"""Where the fictional company sells: real regions, provinces and cities, in Chinese and English."""

from dataclasses import dataclass

_TEXT = """
华东 East China
  上海 Shanghai: 上海 Shanghai, 徐汇 Xuhui, 闵行 Minhang, 嘉定 Jiading, 松江 Songjiang, 宝山 Baoshan, 静安 Jing'an
  浙江 Zhejiang: 杭州 Hangzhou, 宁波 Ningbo, 温州 Wenzhou, 嘉兴 Jiaxing, 绍兴 Shaoxing, 金华 Jinhua, 台州 Taizhou
  江苏 Jiangsu: 南京 Nanjing, 苏州 Suzhou, 无锡 Wuxi, 常州 Changzhou, 南通 Nantong, 徐州 Xuzhou, 扬州 Yangzhou
  安徽 Anhui: 合肥 Hefei, 芜湖 Wuhu, 蚌埠 Bengbu, 安庆 Anqing, 阜阳 Fuyang, 滁州 Chuzhou, 马鞍山 Ma'anshan
华南 South China
  广东 Guangdong: 广州 Guangzhou, 深圳 Shenzhen, 东莞 Dongguan, 佛山 Foshan, 珠海 Zhuhai, 惠州 Huizhou, 汕头 Shantou
  广西 Guangxi: 南宁 Nanning, 柳州 Liuzhou, 桂林 Guilin, 北海 Beihai, 梧州 Wuzhou, 玉林 Yulin, 钦州 Qinzhou
  海南 Hainan: 海口 Haikou, 三亚 Sanya, 儋州 Danzhou, 琼海 Qionghai, 万宁 Wanning, 文昌 Wenchang, 东方 Dongfang
华北 North China
  北京 Beijing: 北京 Beijing, 朝阳 Chaoyang, 丰台 Fengtai, 通州 Tongzhou, 大兴 Daxing, 昌平 Changping, 顺义 Shunyi
  天津 Tianjin: 天津 Tianjin, 南开 Nankai, 武清 Wuqing, 西青 Xiqing, 东丽 Dongli, 津南 Jinnan, 河西 Hexi
  河北 Hebei: 石家庄 Shijiazhuang, 唐山 Tangshan, 保定 Baoding, 廊坊 Langfang, 邯郸 Handan, 沧州 Cangzhou, 秦皇岛 Qinhuangdao
  山西 Shanxi: 太原 Taiyuan, 大同 Datong, 临汾 Linfen, 运城 Yuncheng, 长治 Changzhi, 晋中 Jinzhong, 阳泉 Yangquan
  内蒙古 Inner Mongolia: 呼和浩特 Hohhot, 包头 Baotou, 鄂尔多斯 Ordos, 赤峰 Chifeng, 通辽 Tongliao, 乌海 Wuhai, 呼伦贝尔 Hulunbuir
西南 Southwest China
  四川 Sichuan: 成都 Chengdu, 绵阳 Mianyang, 宜宾 Yibin, 泸州 Luzhou, 南充 Nanchong, 德阳 Deyang, 乐山 Leshan
  重庆 Chongqing: 重庆 Chongqing, 江北 Jiangbei, 沙坪坝 Shapingba, 万州 Wanzhou, 涪陵 Fuling, 永川 Yongchuan, 合川 Hechuan
  云南 Yunnan: 昆明 Kunming, 曲靖 Qujing, 大理 Dali, 玉溪 Yuxi, 红河 Honghe, 保山 Baoshan-Yunnan, 丽江 Lijiang
  贵州 Guizhou: 贵阳 Guiyang, 遵义 Zunyi, 六盘水 Liupanshui, 安顺 Anshun, 毕节 Bijie, 铜仁 Tongren, 凯里 Kaili
  西藏 Xizang: 拉萨 Lhasa, 日喀则 Shigatse, 林芝 Nyingchi, 昌都 Qamdo, 山南 Shannan, 那曲 Nagqu, 阿里 Ngari
华中 Central China
  湖北 Hubei: 武汉 Wuhan, 宜昌 Yichang, 襄阳 Xiangyang, 荆州 Jingzhou, 黄石 Huangshi, 十堰 Shiyan, 孝感 Xiaogan
  湖南 Hunan: 长沙 Changsha, 株洲 Zhuzhou, 湘潭 Xiangtan, 衡阳 Hengyang, 岳阳 Yueyang, 常德 Changde, 郴州 Chenzhou
  河南 Henan: 郑州 Zhengzhou, 洛阳 Luoyang, 开封 Kaifeng, 南阳 Nanyang, 新乡 Xinxiang, 安阳 Anyang, 许昌 Xuchang
东南 Southeast China
  福建 Fujian: 福州 Fuzhou, 厦门 Xiamen, 泉州 Quanzhou, 漳州 Zhangzhou, 莆田 Putian, 龙岩 Longyan, 宁德 Ningde
  江西 Jiangxi: 南昌 Nanchang, 赣州 Ganzhou, 九江 Jiujiang, 上饶 Shangrao, 吉安 Ji'an, 景德镇 Jingdezhen, 萍乡 Pingxiang
  山东 Shandong: 济南 Jinan, 青岛 Qingdao, 烟台 Yantai, 潍坊 Weifang, 临沂 Linyi, 淄博 Zibo, 济宁 Jining
东北 Northeast China
  辽宁 Liaoning: 沈阳 Shenyang, 大连 Dalian, 鞍山 Anshan, 锦州 Jinzhou, 营口 Yingkou, 抚顺 Fushun, 丹东 Dandong
  吉林 Jilin: 长春 Changchun, 吉林市 Jilin City, 四平 Siping, 延吉 Yanji, 通化 Tonghua, 松原 Songyuan, 白城 Baicheng
  黑龙江 Heilongjiang: 哈尔滨 Harbin, 大庆 Daqing, 齐齐哈尔 Qiqihar, 牡丹江 Mudanjiang, 佳木斯 Jiamusi, 绥化 Suihua, 鸡西 Jixi
西北 Northwest China
  陕西 Shaanxi: 西安 Xi'an, 咸阳 Xianyang, 宝鸡 Baoji, 渭南 Weinan, 榆林 Yulin-Shaanxi, 汉中 Hanzhong, 延安 Yan'an
  甘肃 Gansu: 兰州 Lanzhou, 天水 Tianshui, 酒泉 Jiuquan, 庆阳 Qingyang, 武威 Wuwei, 张掖 Zhangye, 平凉 Pingliang
  青海 Qinghai: 西宁 Xining, 海东 Haidong, 格尔木 Golmud, 德令哈 Delingha, 玉树 Yushu, 共和 Gonghe, 同仁 Tongren-Qinghai
  宁夏 Ningxia: 银川 Yinchuan, 石嘴山 Shizuishan, 吴忠 Wuzhong, 固原 Guyuan, 中卫 Zhongwei, 灵武 Lingwu, 青铜峡 Qingtongxia
  新疆 Xinjiang: 乌鲁木齐 Urumqi, 克拉玛依 Karamay, 喀什 Kashgar, 伊宁 Yining, 库尔勒 Korla, 阿克苏 Aksu, 昌吉 Changji
"""  # noqa: E501


@dataclass(frozen=True)
class Place:
    """A name in Chinese and in English."""

    name: str
    name_en: str

    @property
    def slug(self) -> str:
        """Lower-case letters and dashes, for ids."""
        return self.name_en.lower().replace("'", "").replace(" ", "-")


def _place(text: str) -> Place:
    name, _, name_en = text.strip().partition(" ")
    return Place(name, name_en)


def _parsed() -> dict[Place, dict[Place, tuple[Place, ...]]]:
    regions: dict[Place, dict[Place, tuple[Place, ...]]] = {}
    for line in filter(None, _TEXT.splitlines()):
        head, _, cities = line.partition(":")
        if cities:
            regions[next(reversed(regions))][_place(head)] = tuple(_place(city) for city in cities.split(","))
        else:
            regions[_place(head)] = {}
    return regions


REGIONS = _parsed()
"""Large region → province → cities, the first city of a province its largest market."""


def offices(regions: int, count: int) -> list[tuple[Place, list[Place]]]:
    """`count` cities spread over `regions` regions: the eight large ones, or provinces where more are asked for.

    ValueError when there are not so many regions or cities.
    """
    if regions <= len(REGIONS):
        # A region's first cities of each province come before any second city.
        pools = [
            (region, [city for rank in zip(*provinces.values(), strict=True) for city in rank])
            for region, provinces in list(REGIONS.items())[:regions]
        ]
    else:
        provinces = [(name, list(cities)) for by_name in REGIONS.values() for name, cities in by_name.items()]
        pools = provinces[:regions]
    if regions > len(pools) or not regions <= count <= sum(len(pool) for _, pool in pools):
        raise ValueError(f"{count} offices in {regions} regions cannot be placed")
    chosen: list[tuple[Place, list[Place]]] = [(region, []) for region, _ in pools]
    rank = 0
    while count:
        for (_, taken), (_, pool) in zip(chosen, pools, strict=True):
            if count and rank < len(pool):
                taken.append(pool[rank])
                count -= 1
        rank += 1
    return chosen
